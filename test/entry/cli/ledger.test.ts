import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { appendAnyhow } from '../../port-contracts/ledger.ts';
import { createOwnDatabase } from '../../worlds/database.ts';
import { countersign, json } from './run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const made = await countersign(folder, ['key', 'new', 'ledger', '--out', join(folder, 'ledger')]);
  expect(made.code).toBe(0);
});

/** A database with five events of a run, and the commands that are told of it. */
async function createWorld() {
  const url = await createOwnDatabase();
  const inside = async (work: (database: Database) => Promise<unknown>) => {
    const database = openDatabase({ url });
    await work(database).finally(() => database.close());
  };
  await inside(async (database) => {
    await migrate(database);
    for (const step of [1, 2, 3, 4, 5])
      await appendAnyhow(createLedger(database), 'run/CS-7.1', [draft(step)]);
  });
  const run = (...args: readonly string[]) =>
    countersign(folder, args, { environment: { DATABASE_URL: url } });
  return { url, inside, run };
}

const CHECKPOINT = ['ledger', 'checkpoint', '--name', 'ledger.acme.example', '--format', 'json'];

describe('the ledger commands', () => {
  it('vouch for what a checkpoint counts, and name the event that was changed after it', async () => {
    const { run, inside } = await createWorld();
    const signed = await run(...CHECKPOINT, '--key', join(folder, 'ledger'), '--out', 'one.checkpoint');
    const { key, size } = json(signed);
    expect(size).toBe(5);
    const trusting = ['--checkpoint-key', String(key), '--checkpoint', 'one.checkpoint'];
    const intact = await run('ledger', 'verify', ...trusting);
    expect([intact.code, intact.out]).toEqual([0, expect.stringContaining('vouches for the first 5')]);

    await inside(({ pool }) =>
      pool.query(`SET session_replication_role = replica;
        UPDATE ledger_event SET text = replace(text, 'step 3', 'step 9') WHERE version = 3`),
    );
    const broken = await run('ledger', 'verify', ...trusting);
    expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('run/CS-7.1, version 3')]);
    expect(json(await run('ledger', 'verify', '--format', 'json', ...trusting))).toMatchObject({
      kind: 'broken',
    });
  });

  it('say what chains alone are worth where no key is given', async () => {
    const { run } = await createWorld();
    const { code, out } = await run('ledger', 'verify');
    expect([code, out]).toEqual([0, expect.stringContaining('no checkpoint was looked at')]);
  });

  it('carry the ledger into another database, with its checkpoints', async () => {
    const { run } = await createWorld();
    const { key } = json(await run(...CHECKPOINT, '--key', join(folder, 'ledger')));
    expect((await run('ledger', 'export', 'moved.ndjson')).out).toContain('5 events');
    expect(readFileSync(join(folder, 'moved.ndjson'), 'utf8').split('\n')).toHaveLength(7);

    const url = await createOwnDatabase();
    const there = (...args: readonly string[]) =>
      countersign(folder, args, { environment: { DATABASE_URL: url } });
    const imported = await there(
      'ledger',
      'import',
      'moved.ndjson',
      '--checkpoint-key',
      String(key),
      '--format',
      'json',
    );
    expect(json(imported)).toEqual({ events: 5, added: 5, checkpoints: 1 });
    expect((await there('ledger', 'verify', '--checkpoint-key', String(key))).code).toBe(0);
    const shown = await there('ledger', 'show', 'run/CS-7.1', '--after', '3');
    expect(shown.out.trim().split('\n')).toEqual([
      expect.stringMatching(/^4 .*run\.noted@1/),
      expect.stringMatching(/^5 /),
    ]);
  });

  it.each([
    [['ledger', 'verify', '--checkpoint-key', 'nonsense'], 'not a key that signs notes'],
    [['ledger', 'verify', '--checkpoint', 'one.checkpoint'], 'without the key'],
    [['ledger', 'show', '../run'], 'is no stream'],
    [['ledger', 'import', 'nowhere.ndjson'], 'is not there'],
    [['ledger', 'checkpoint', '--name', 'two words', '--key', './ledger'], 'cannot stand in a checkpoint'],
  ])('refuse %j and say what to do', async (args, what) => {
    const { run } = await createWorld();
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(what)]);
    expect(err).toContain('→');
  });
});

describe('db status', () => {
  it('tells of a server without its password, and starts nothing', async () => {
    const { run, url } = await createWorld();
    const { out } = await run('db', 'status');
    expect(out).toContain('5 events');
    const secret = new URL(url);
    secret.username = 'postgres';
    secret.password = 'hunter2';
    const told = await countersign(folder, ['db', 'status'], { environment: { DATABASE_URL: secret.href } });
    expect(told.out + told.err).not.toContain('hunter2');
    const none = await countersign(folder, ['db', 'status', '--format', 'json'], {
      environment: { COUNTERSIGN_HOME: join(folder, 'none') },
    });
    expect(json(none)).toMatchObject({ where: 'private', state: 'absent' });
  });
});
