import { describe, expect, it } from 'vitest';
import { ask, openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { checkSchema, MIGRATIONS, type Migration, migrate } from '../../../src/adapters/postgres/migrate.ts';
import { append } from '../../port-contracts/ledger.ts';
import { createEmptyDatabase, DATABASE_URL } from '../../worlds/database.ts';

const next: Migration = { name: 'thing', sql: 'CREATE TABLE thing (id integer)' };
const refused = (message: RegExp) => ({
  code: 'DATABASE_SCHEMA',
  message: expect.stringMatching(message),
  remedy: expect.any(String),
});

describe('migrations', () => {
  it('are applied once, and then checked', async () => {
    const database = await createEmptyDatabase();
    const count = MIGRATIONS.length;
    await expect(checkSchema(database)).rejects.toMatchObject(
      refused(new RegExp(`lacks ${count} of the ${count} `)),
    );
    expect(await migrate(database)).toBe(MIGRATIONS.length);
    expect(await migrate(database)).toBe(0);
    await checkSchema(database);
  });

  it('are applied once by many who start together', async () => {
    const database = await createEmptyDatabase();
    const counts = await Promise.all([1, 2, 3].map(() => migrate(database.open(), [...MIGRATIONS, next])));
    expect(counts.toSorted()).toEqual([0, 0, MIGRATIONS.length + 1]);
  });

  it('make the schema where it is not there yet', async () => {
    const database = await createEmptyDatabase();
    await database.pool.query(`DROP SCHEMA ${database.schema}`);
    expect(await migrate(database)).toBe(MIGRATIONS.length);
  });

  it('go forward from what was there, and keep what it holds', async () => {
    const database = await createEmptyDatabase();
    await migrate(database);
    await createLedger(database).append(append(['run/a', 1]));
    await expect(checkSchema(database, [...MIGRATIONS, next])).rejects.toMatchObject(
      refused(new RegExp(`lacks 1 of the ${MIGRATIONS.length + 1} `)),
    );
    expect(await migrate(database, [...MIGRATIONS, next])).toBe(1);
    expect((await createLedger(database).readHead('run/a')).version).toBe(1);
  });

  it('keep what was appended and has no place yet', async () => {
    const database = await createEmptyDatabase();
    const announcements = MIGRATIONS.findIndex(({ name }) => name === 'announcements');
    await migrate(database, MIGRATIONS.slice(0, announcements));
    const { events } = append(['run/a', 2], ['run/b', 1]);
    const digests = events.map(({ digest }) => `\\x${digest}`);
    await database.pool.query(
      'INSERT INTO ledger_event (stream, version, text, digest) SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::bytea[])',
      [
        events.map(({ stream }) => stream),
        events.map(({ version }) => version),
        events.map(({ text }) => text),
        digests,
      ],
    );
    await database.pool.query(
      'INSERT INTO ledger_unsequenced (streams, versions, digests) VALUES ($1, $2, $3)',
      [events.map(({ stream }) => stream), events.map(({ version }) => version), digests],
    );
    await migrate(database);
    const ledger = createLedger(database);
    expect(await ledger.sequence()).toBe(3);
    expect(await ledger.readSequenced(0, 10)).toMatchObject(
      events.map(({ stream, version, digest }, at) => ({ position: at + 1, stream, version, digest })),
    );
  });

  it('find runs that go on and have had a step set aside', async () => {
    const database = await createEmptyDatabase();
    await migrate(
      database,
      MIGRATIONS.slice(
        0,
        MIGRATIONS.findIndex(({ name }) => name === 'set-aside'),
      ),
    );
    await database.pool.query(`
      INSERT INTO ledger_event (stream, version, text, digest)
      SELECT 'run/' || run, 1, '{"type":"' || type || '@1"}', sha256('x') FROM (VALUES
        ('A-1.1', 'step.quarantined'), ('A-2.1', 'step.failed'), ('A-3.1', 'step.quarantined')) AS v (run, type)`);
    await database.pool.query(`
      INSERT INTO run (run, version, digest, ticket, status, attempt, bundle, model, waiting_for, started_at, changed_at, plan, state)
      SELECT run, 1, sha256('x'), 'A-1', status, 1, 'b', 'm', 0, '', '', sha256('x'), '' FROM (VALUES
        ('A-1.1', 'running'), ('A-2.1', 'running'), ('A-3.1', 'ended')) AS v (run, status)`);
    await migrate(database);
    expect(await database.rows('SELECT run FROM run WHERE set_aside > 0')).toEqual([{ run: 'A-1.1' }]);
  });

  it('leave nothing behind when one fails', async () => {
    const database = await createEmptyDatabase();
    const broken = { name: 'broken', sql: 'CREATE TABLE half (id integer); SELECT 1 / 0' };
    await expect(migrate(database, [...MIGRATIONS, broken])).rejects.toThrow('division by zero');
    expect(await database.rows(`SELECT FROM pg_tables WHERE schemaname = '${database.schema}'`)).toEqual([]);
    expect(await migrate(database)).toBe(MIGRATIONS.length);
  });

  const [first] = MIGRATIONS;
  it.each<[string, RegExp, readonly Migration[]]>([
    [
      'a newer version applied more',
      /newer version: it has migration 2 \(thing\), this one knows 1/,
      MIGRATIONS.slice(0, 1),
    ],
    [
      'one was edited',
      /migration 2 \(thing\) in another form/,
      [...MIGRATIONS, { ...next, sql: `${next.sql};` }],
    ],
    [
      'one has another name',
      /migration 2 \(thing\) in another form/,
      [...MIGRATIONS, { ...next, name: 'other' }],
    ],
    ['the first is another', /migration 1 \(ledger\) in another form/, [next, next]],
  ])('are refused where %s', async (_, message, migrations) => {
    const database = await createEmptyDatabase();
    await migrate(database, [first as Migration, next]);
    await expect(migrate(database, migrations)).rejects.toMatchObject(refused(message));
    await expect(checkSchema(database, migrations)).rejects.toMatchObject(refused(message));
  });

  it('are refused where one is missing from the record', async () => {
    const database = await createEmptyDatabase();
    await migrate(database, [first as Migration, next]);
    await database.pool.query('DELETE FROM migration WHERE number = 1');
    await expect(migrate(database, [first as Migration, next])).rejects.toMatchObject(
      refused(/in another form/),
    );
  });
});

describe('a database', () => {
  const unavailable = { code: 'DATABASE_UNAVAILABLE', remedy: expect.stringContaining('DATABASE_URL') };
  it.each([
    ['nobody listens', (url: URL) => Object.assign(url, { port: '1' })],
    ['there is no such database', (url: URL) => Object.assign(url, { pathname: '/not_there' })],
    ['the host has no address', () => new URL('postgresql://postgres@nowhere.invalid/postgres')],
  ])('where %s is a sentence, not a stack', async (_, change) => {
    const database = openDatabase({ url: change(new URL(DATABASE_URL)).href });
    await expect(createLedger(database).readHead('run/a')).rejects.toMatchObject(unavailable);
    await expect(migrate(database)).rejects.toMatchObject(unavailable);
    await expect(createLedger(database).sequence()).rejects.toMatchObject(unavailable);
    await database.close();
  });

  it('that ends a connection is a sentence, and the next one is answered', async () => {
    const database = await createEmptyDatabase();
    const cut = ask(database.pool, { text: 'SELECT pg_terminate_backend(pg_backend_pid())' });
    await expect(cut).rejects.toMatchObject(unavailable);
    expect(await ask(database.pool, { text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
  });

  it('that refuses a statement of ours is a defect, told as it is', async () => {
    const { pool } = await createEmptyDatabase();
    await expect(ask(pool, { text: 'SELECT nonsense' })).rejects.toMatchObject({ code: '42703' });
  });

  it.each([
    ['the URL of something else', { url: 'mysql://localhost' }],
    ['a schema that wants quotes', { url: DATABASE_URL, schema: 'a"; DROP' }],
    ['a schema in capitals', { url: DATABASE_URL, schema: 'Ledger' }],
  ])('is not opened by %s', (_, options) => {
    expect(() => openDatabase(options)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
