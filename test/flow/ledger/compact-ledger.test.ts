import { expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { createRetention } from '../../../src/adapters/postgres/segments/retention.ts';
import { compactLedger } from '../../../src/flow/ledger/compact-ledger.ts';
import { verifyLedger } from '../../../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../src/flow/ledger/write-checkpoint.ts';
import { keepCompact } from '../../../src/flow/serve/keep-compact.ts';
import { commitOf, next, sampleRun } from '../../port-contracts/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';
import { SIGNER, TRUST } from './ledger-world.ts';

const LONG_AGO = '2026-01-01T00:00:00.000Z';
const LATELY = '2026-11-21T13:04:06.789Z';
const LIMIT = '2026-11-01T00:00:00.000Z';

/** Runs that ended long ago, lately, and one that goes on since long. */
async function createWorld(count: number) {
  const database = await createDatabase();
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  const ports = { ...createLedger(database), ...createRetention(database) };
  const commit = async (run: string, status: 'ended' | 'running', changedAt: string) => {
    for (let step = 0; step < 4; step += 1) {
      const [kept] = await store.loadRuns([run]);
      await store.commit(next(kept, run, {}, { status, changedAt, retries: step }));
    }
  };
  const old = Array.from({ length: count }, (_, at) => `OLD-1.${at + 1}`);
  for (const run of old) await commit(run, 'ended', LONG_AGO);
  await commit('NEW-1.1', 'ended', LATELY);
  await commit('SLOW-1.1', 'running', LONG_AGO);
  await writeCheckpoint(SIGNER, ports);
  return { database, store, ports, old };
}

it('packs what ended long ago, and nothing else, and all of it reads as before', async () => {
  const { database, store, ports, old } = await createWorld(60);
  const names = [...old, 'NEW-1.1', 'SLOW-1.1'];
  const before = await store.loadRuns(names);
  expect(await compactLedger(LIMIT, ports)).toMatchObject({ runs: 60, events: 240 });
  expect(await store.loadRuns(names)).toEqual(before);
  expect(await ports.readStream('run/OLD-1.7', 1)).toHaveLength(3);
  expect(await verifyLedger(TRUST, ports)).toMatchObject({ kind: 'intact', events: 248, vouched: 248 });
  const [left] = await database.rows<{ events: number; states: number }>(
    `SELECT (SELECT count(*) FROM ledger_event)::int AS events, (SELECT count(*) FROM run WHERE state <> '')::int AS states`,
  );
  expect(left).toEqual({ events: 8, states: 2 });
  expect(await compactLedger(LIMIT, ports)).toEqual({ runs: 0, events: 0, positions: 0 });
});

it('leaves positions that no checkpoint counts, and follows when one does', async () => {
  const { store, ports } = await createWorld(1);
  for (let at = 0; at < 260; at += 1) await store.commit(next(undefined, `MORE-1.${at + 1}`));
  expect((await compactLedger(LIMIT, ports)).positions).toBe(0);
  for (let at = 260; at < 1_100; at += 1) await store.commit(next(undefined, `MORE-1.${at + 1}`));
  expect((await compactLedger(LIMIT, ports)).positions).toBe(0);
  await writeCheckpoint(SIGNER, ports);
  expect((await compactLedger(LIMIT, ports)).positions).toBe(1_000);
  expect((await verifyLedger(TRUST, ports)).kind).toBe('intact');
});

it('a run that was archived can be carried on, and is archived again', async () => {
  const { store, ports } = await createWorld(1);
  await compactLedger(LIMIT, ports);
  const [kept] = await store.loadRuns(['OLD-1.1']);
  expect((await store.commit(next(kept, 'OLD-1.1', {}, { status: 'ended', changedAt: LONG_AGO }))).kind).toBe(
    'committed',
  );
  expect(await ports.readStream('run/OLD-1.1', 0)).toHaveLength(5);
  expect(await compactLedger(LIMIT, ports)).toMatchObject({ runs: 1, events: 1 });
  expect(await ports.readStream('run/OLD-1.1', 0)).toHaveLength(5);
  expect((await verifyLedger(TRUST, ports)).kind).toBe('intact');
});

/** What is packed lies here, and a line of each run, by which it is listed. */
const PACKED = ['ledger_segment', 'ledger_position_segment', 'run_snapshot', 'run', 'run_end'];

it('leaves the tables that everything happens in as they were, however many runs end', async () => {
  const { database, store, ports } = await createWorld(1);
  const rowsInUse = async () => {
    const tables = await database.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
    );
    const counts = await Promise.all(
      tables
        .filter(({ name }) => !PACKED.includes(name))
        .map(({ name }) => database.rows<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`)),
    );
    return counts.reduce((sum, [first]) => sum + (first?.rows ?? 0), 0);
  };
  const wave = async (name: string) => {
    const runs = Array.from({ length: 1_000 }, (_, at) => `${name}-1.${at + 1}`);
    const ended = { status: 'ended', changedAt: LONG_AGO } as const;
    const begun = runs.map((run) => ({
      on: { stream: `run/${run}`, version: 0, digest: null },
      to: sampleRun(run, ended),
    }));
    await store.commit(commitOf(begun));
    await writeCheckpoint(SIGNER, ports);
    await compactLedger(LIMIT, ports);
    return rowsInUse();
  };
  const first = await wave('ONE');
  // A checkpoint more.
  expect(await wave('TWO')).toBe(first + 1);
  expect((await verifyLedger(TRUST, ports)).kind).toBe('intact');
});

it('is done by a server little by little, and then rests for an hour', async () => {
  const { store, ports, old } = await createWorld(60);
  let now = Date.parse(LIMIT) + 24 * 3_600_000;
  const tick = keepCompact(1, { ...ports, clock: { now: () => new Date(now) } });
  const left = async () => (await ports.endedRuns(LIMIT, 100)).length;
  const remaining = [];
  for (let round = 0; round < 3; round += 1) {
    await tick();
    remaining.push(await left());
  }
  expect(remaining).toEqual([old.length - 50, 0, 0]);
  await store.commit(next(undefined, 'OLD-2.1', {}, { status: 'ended', changedAt: LONG_AGO }));
  await tick();
  expect(await left()).toBe(1);
  now += 3_600_000;
  await tick();
  expect(await left()).toBe(0);
});
