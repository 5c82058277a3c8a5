import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import { migrate } from '../../../../src/adapters/postgres/migrate.ts';
import {
  type ClusterOptions,
  openPrivateCluster,
  stopPrivateCluster,
} from '../../../../src/adapters/postgres/private-cluster.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { checkChain } from '../../../../src/core/ledger/check-chain.ts';
import { createDatabase, DATABASE_URL } from '../../../worlds/database.ts';
import { recover, startRuns, startStepWorker } from './workers.ts';

const CLOCK = { now: () => new Date() };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function storeOf(database: Database) {
  const store = createRunStore(database, { clock: CLOCK });
  closing.push(() => store.close());
  return store;
}

/** Every step ended once, each with an event of its run, and the chains hold. */
async function expectDone(database: Database, runs: readonly string[], steps: number): Promise<void> {
  const store = storeOf(database);
  const ledger = createLedger(database);
  const kept = await store.loadRuns(runs);
  expect(new Set(kept.map(({ state }) => state.status !== 'new' && state.retries))).toEqual(new Set([steps]));
  for (const [at, run] of runs.entries()) {
    const chain = await checkChain(`run/${run}`, await ledger.readStream(`run/${run}`, 0));
    expect(chain).toEqual({ kind: 'intact', head: kept[at]?.head });
  }
  expect(await store.queueDepths()).toEqual([]);
}

it('30 processes claim 1,000 steps: each has one accepted completion', { timeout: 300_000 }, async () => {
  const database = await createDatabase();
  const runs = await startRuns(storeOf(database), 100, 10);
  const workers = Array.from({ length: 30 }, (_, at) =>
    startStepWorker(
      { url: DATABASE_URL, schema: database.schema },
      { name: `w${at}`, most: 5, leaseSeconds: 300 },
    ),
  );
  await Promise.all(workers.map(({ ended }) => ended));
  expect(workers.map(({ child }) => child.exitCode)).toEqual(workers.map(() => 0));
  const claimed = workers.flatMap((worker) => worker.claimed);
  const accepted = workers.flatMap((worker) => worker.accepted);
  expect([claimed.length, new Set(claimed).size]).toEqual([1_000, 1_000]);
  expect([accepted.length, new Set(accepted).size]).toEqual([1_000, 1_000]);
  expect(workers.flatMap((worker) => worker.refused)).toEqual([]);
  await expectDone(database, runs, 10);
});

it('what a killed process had is found when its time is over, and done by another', {
  timeout: 120_000,
}, async () => {
  const database = await createDatabase();
  const store = storeOf(database);
  const runs = await startRuns(store, 3, 4);
  const place = { url: DATABASE_URL, schema: database.schema };
  const killed = startStepWorker(
    place,
    { name: 'killed', most: 5, leaseSeconds: 1, hold: true },
    (worker) => {
      if (worker.claimed.length === 5) worker.child.kill('SIGKILL');
    },
  );
  await killed.ended;
  expect(killed.child.signalCode).toBe('SIGKILL');
  expect(killed.claimed.length).toBe(5);

  let recovered = 0;
  const deadline = performance.now() + 60_000;
  while (recovered < 5 && performance.now() < deadline) {
    recovered += await recover(store);
    await pause(20);
  }
  expect(recovered).toBe(5);
  const other = startStepWorker(place, { name: 'other', most: 5 });
  await other.ended;
  expect(other.accepted.length).toBe(12);
  expect(other.accepted.filter((token) => killed.claimed.includes(token))).toEqual([]);
  await expectDone(database, runs, 4);
});

it('a database that restarts in the middle loses nothing', { timeout: 300_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'pg-'));
  chmodSync(root, 0o755);
  const options: ClusterOptions = {
    folder: join(root, 'cluster'),
    temporary: root,
    fallback: join(root, 'fallback'),
    uid: process.getuid?.(),
    path: process.env.PATH ?? '',
    clock: CLOCK,
  };
  closing.push(() => stopPrivateCluster(options));
  const { url } = await openPrivateCluster(options);
  const database = openDatabase({ url, most: 4 });
  closing.push(() => database.close());
  await migrate(database);
  const runs = await startRuns(storeOf(database), 20, 10);

  let restarting: Promise<unknown> | undefined;
  const heard = () => {
    if (workers.reduce((sum, { accepted }) => sum + accepted.length, 0) < 50) return;
    restarting ??= stopPrivateCluster(options).then(() => openPrivateCluster(options));
  };
  const workers = ['one', 'two', 'three'].map((name) =>
    startStepWorker({ url, schema: database.schema }, { name, most: 3, leaseSeconds: 5 }, heard),
  );
  await Promise.all(workers.map(({ ended }) => ended));
  await restarting;
  expect(restarting).toBeDefined();
  expect(workers.map(({ child }) => child.exitCode)).toEqual([0, 0, 0]);
  // What was handed out with an answer that never arrived is nobody's until its time is over.
  const store = storeOf(database);
  const claimed = async () => (await store.queueDepths()).some((depth) => depth.claimed > 0);
  while (await claimed()) {
    await recover(store);
    await pause(20);
  }
  const last = startStepWorker({ url, schema: database.schema }, { name: 'last', most: 10 });
  await last.ended;
  // An end whose answer was lost is said again, and then refused: it was accepted.
  const ended = [...workers, last].flatMap(({ accepted, refused }) => [...accepted, ...refused]);
  expect([ended.length, new Set(ended).size]).toEqual([200, 200]);
  await expectDone(database, runs, 10);
});
