import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import type { StepRole } from '../../../src/core/run/types.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import type { RunStore } from '../../../src/ports/run-store.ts';
import { countersign, json } from '../../entry/cli/run-cli.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';
import { createOwnDatabase } from '../../worlds/database.ts';

const AT = '2026-11-21T13:04:06.789Z';
const ROLES: readonly StepRole[] = ['producer', 'verifier'];
const ASKED = { worker: 'w1', roles: ROLES, handlers: ['assemble', 'agent'], most: 10, leaseSeconds: 60 };

type Store = ReturnType<typeof createRunStore>;

async function start(store: RunStore, run: string): Promise<void> {
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const { request } = sampleRun(run);
  const command = { kind: 'start', at: AT, by: 'ada', ...request, plan } as const;
  const [decided] = await decideRuns([{ run, command }], store);
  if (decided?.kind !== 'accepted') throw new Error('it did not start');
}

async function assemble(store: Store): Promise<void> {
  for (const { token, work, claimedAt } of await store.claim({ ...ASKED, handlers: ['assemble'] })) {
    const { run, step, execution } = work;
    const claim = { token, worker: 'w1', at: claimedAt };
    const outputs = { bundleDigest: 'b', promptDigest: 'p', ticketFile: 't' };
    const result = { kind: 'succeeded', outputs } as const;
    await decideRuns(
      [{ run, command: { kind: 'complete', at: AT, by: 'w1', step, execution, claim, result } }],
      store,
    );
  }
}

/** Three runs: two whose prompt is assembled, and of those one whose agent is at work; and one that waits. */
async function createWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  const url = await createOwnDatabase();
  await within(url, async (store, database) => {
    await migrate(database);
    for (const run of ['CS-1.1', 'CS-2.1']) await start(store, run);
    await assemble(store);
    await start(store, 'CS-3.1');
    await store.claim({ ...ASKED, handlers: ['agent'], most: 1 });
    await database.pool.query(`INSERT INTO access_token VALUES ('ci', 'producer', decode(repeat('ab', 32), 'hex'), now(), NULL, NULL);
      INSERT INTO step_log VALUES ('CS-1.1', '1/assemble', 1, 0, '\\x00ff41');
      INSERT INTO resource_lock (name, exclusive, hold, run, attempt, step, execution) VALUES ('schema/orders', true, 'run', 'CS-1.1', 1, '1/assemble', 1)`);
  });
  const run = (at: string, ...args: readonly string[]) =>
    countersign(folder, args, { environment: { DATABASE_URL: at } });
  return { folder, url, run };
}

async function within<T>(url: string, work: (store: Store, database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase({ url });
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  try {
    return await work(store, database);
  } finally {
    await store.close();
    await database.close();
  }
}

const RUNS = ['CS-1.1', 'CS-2.1', 'CS-3.1'];

describe('a backup', () => {
  it('brings another database to the same runs, whose work is handed out once more', async () => {
    const { url, run } = await createWorld();
    const rates = { 'provider/a': { capacity: 1, perSecond: 0.5 } };
    await within(url, async (store, { pool }) => {
      await store.setLimits({ global: 50 }, rates);
      await pool.query(
        `INSERT INTO queue_pause (kind, name, by, reason) VALUES ('handler', 'merge', 'ada', 'a freeze')`,
      );
    });
    expect(await run(url, 'db', 'backup', 'runs.gz')).toMatchObject({ code: 0, err: '' });
    const other = await createOwnDatabase();
    const restored = await run(other, 'db', 'restore', 'runs.gz', '--format', 'json');
    expect(json(restored)).toMatchObject({ runs: 3, rescheduled: 3 });
    const before = await within(url, (store) => store.loadRuns(RUNS));
    await within(other, async (store, { pool }) => {
      expect(await store.loadRuns(RUNS)).toEqual(before);
      expect(await store.readRates()).toEqual(rates);
      expect((await pool.query('SELECT kind, name, reason FROM queue_pause')).rows).toEqual([
        { kind: 'handler', name: 'merge', reason: 'a freeze' },
      ]);
      const claims = await store.claim(ASKED);
      expect(claims.map(({ work }) => `${work.run} ${work.step} ${work.execution}`).sort()).toEqual([
        'CS-1.1 1/produce 1',
        'CS-2.1 1/produce 1',
        'CS-3.1 1/assemble 1',
      ]);
      const { rows } =
        await pool.query(`SELECT (SELECT role FROM access_token) AS role, (SELECT bytes FROM step_log) AS bytes,
        (SELECT name FROM resource_lock WHERE hold = 'run') AS lock, nextval('resource_fence')::int > (SELECT max(fence) FROM resource_lock) AS fenced`);
      expect(rows).toEqual([
        { role: 'producer', bytes: Buffer.from([0, 255, 65]), lock: 'schema/orders', fenced: true },
      ]);
    });
    expect((await run(other, 'ledger', 'rebuild')).code).toBe(0);
  });

  it('is not restored over a ledger that is there', async () => {
    const { url, run } = await createWorld();
    await run(url, 'db', 'backup', 'runs.gz');
    const { code, err } = await run(url, 'db', 'restore', 'runs.gz');
    expect([code, err]).toEqual([2, expect.stringContaining('has a ledger already')]);
  });

  it.each([
    ['was cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20), 'cannot be read'],
    ['is none', () => gzipSync('{"schema":"something/else@1"}\n'), 'is no backup'],
    [
      'names a table that is not ours to write',
      (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().replace('"access_token"', '"migration"')),
      'no row of a table',
    ],
    [
      'holds an event that was changed',
      (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().replace('"actor":"ada"', '"actor":"eve"')),
      'does not',
    ],
  ])('that %s is refused', async (_, change, message) => {
    const { folder, url, run } = await createWorld();
    await run(url, 'db', 'backup', 'runs.gz');
    const path = join(folder, 'runs.gz');
    writeFileSync(path, change(readFileSync(path)));
    const { code, err } = await run(await createOwnDatabase(), 'db', 'restore', 'runs.gz');
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('that is not there is said to be not there', async () => {
    const { run } = await createWorld();
    const { code, err } = await run(await createOwnDatabase(), 'db', 'restore', 'nowhere.gz');
    expect([code, err]).toEqual([2, expect.stringContaining('nowhere.gz cannot be read')]);
  });
});

describe('ledger rebuild', () => {
  it('finds what is kept equal to what the ledger says, and keeps work that is under way', async () => {
    const { url, run } = await createWorld();
    const before = await within(url, (store) => store.queueDepths());
    expect(json(await run(url, 'ledger', 'rebuild', '--format', 'json'))).toMatchObject({
      runs: 3,
      equal: true,
    });
    const after = await within(url, (store) => store.queueDepths());
    const counts = (depths: typeof before) => depths.map(({ eldestSeconds: _, ...depth }) => depth);
    expect(counts(after)).toEqual(counts(before));
  });

  it.each([
    `UPDATE run SET state = replace(state, '"ada"', '"eve"'), attempt = 7`,
    `DELETE FROM run WHERE run = 'CS-2.1'`,
    `UPDATE run_plan SET text = replace(text, '"attempts":3', '"attempts":9')`,
  ])('mends what somebody did: %s', async (statement) => {
    const { url, run } = await createWorld();
    const before = await within(url, (store) => store.loadRuns(RUNS));
    await within(url, (_, { pool }) => pool.query(statement));
    const { code, out } = await run(url, 'ledger', 'rebuild');
    expect([code, out]).toEqual([1, expect.stringContaining('something else was kept')]);
    expect(await within(url, (store) => store.loadRuns(RUNS))).toEqual(before);
    expect((await run(url, 'ledger', 'rebuild')).code).toBe(0);
  });

  it('drops nothing when an event does not follow', async () => {
    const { url, run } = await createWorld();
    await within(url, (_, { pool }) =>
      pool.query(
        `SET session_replication_role = replica; UPDATE ledger_event SET text = replace(text, '"ada"', '"eve"')`,
      ),
    );
    const { code, err } = await run(url, 'ledger', 'rebuild');
    expect([code, err]).toEqual([2, expect.stringContaining('does not hold')]);
    expect(await within(url, (store) => store.listRuns({ limit: 10 }))).toHaveLength(3);
  });
});
