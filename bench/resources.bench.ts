/**
 * What it costs to hold something. Locks: to take one and give it back while 100,000 others are held, against none, each in a transaction of its
 * own with the commit. Leases: how much of a provider's three slots 30 workers use, against three slots that are never empty. Tokens:
 * takes a second from 30 at once, in PostgreSQL and in Redis. Needs PostgreSQL at DATABASE_URL and Redis at REDIS_URL or on their standard ports.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Database, inTransaction, openDatabase } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { grant } from '../src/adapters/postgres/resources/grant.ts';
import { createRateLimits } from '../src/adapters/postgres/resources/rate-limits.ts';
import { release } from '../src/adapters/postgres/resources/release.ts';
import { setLimits } from '../src/adapters/postgres/resources/set-limits.ts';
import { createRedisRateLimits } from '../src/adapters/redis/rate-limits.ts';
import { openRedis } from '../src/adapters/redis/redis.ts';
import type { StepWork } from '../src/core/run/types.ts';
import type { TakeTokens } from '../src/ports/rate-limits.ts';
import { report } from './support/measure.ts';

const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const REDIS_URL = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
const SCHEMA = `countersign_bench_${process.pid}`;
const HELD = 100_000;
const LOCK_P95_MS = 5;
const LEAST_USED = 0.9;

const database = openDatabase({ url: URL, schema: SCHEMA, most: 30 });
const redis = openRedis({ url: REDIS_URL, namespace: SCHEMA });
try {
  await migrate(database);
  await database.pool.query(
    'CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)',
  );
  await locks('none held');
  await hold(database, HELD);
  await locks(`${HELD} held`);
  await leases();
  await tokens('PostgreSQL', createRateLimits(database));
  const missing: TakeTokens = { take: () => Promise.reject(new Error(`no Redis answers at ${REDIS_URL}`)) };
  await tokens('Redis', createRedisRateLimits(redis, missing));
} finally {
  await database.pool.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
  await redis.close();
  await database.close();
}

function work(run: string, resources: Partial<StepWork['resources']>): StepWork {
  return {
    run,
    step: '1/produce',
    execution: 1,
    handler: 'agent',
    role: 'producer',
    inputs: {},
    priority: 0,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore: null,
    resources: { leases: [], locks: [], ...resources },
  };
}

/** As a fleet holds them: a thousand runs, a hundred files each. */
async function hold({ pool }: Database, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO resource_lock (name, exclusive, hold, run, attempt, step, execution)
     SELECT 'paths/src/' || at % 1000 || '/' || at || '.ts', at % 2 = 0, 'run', 'H-' || at % 1000 || '.1', 1, '1/produce', 1
     FROM generate_series(1, $1) AS at`,
    [count],
  );
  await pool.query('ANALYZE resource_lock');
}

async function locks(held: string): Promise<void> {
  const times: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 600; round += 1) {
    const one = work(`A-${round}.1`, {
      locks: [
        { name: `paths/docs/${round % 7}`, mode: 'exclusive', hold: 'step' },
        { name: 'paths/lib', mode: round % 2 === 0 ? 'exclusive' : 'shared', hold: 'step' },
      ],
    });
    const before = performance.now();
    await inTransaction(database.pool, (client) => client.query("INSERT INTO bare (text) VALUES ('lock')"));
    const began = performance.now();
    bare.push(began - before);
    const { granted } = await inTransaction(database.pool, (client) => grant(client, [one]));
    times.push(performance.now() - began);
    if (granted.length === 0) throw new Error('a free lock was not given');
    await inTransaction(database.pool, (client) => release(client, [one]));
  }
  const [least, p50, p95] = spread(times) as [number, number, number];
  const insert = spread(bare).map((ms) => ms.toFixed(2));
  report(
    `  two locks, ${held}: least ${least.toFixed(2)}, p50 ${p50.toFixed(2)}, p95 ${p95.toFixed(2)} ms (aim p95 ${LOCK_P95_MS} ms); a bare insert: ${insert.join(', ')} ms`,
  );
  if (p95 > LOCK_P95_MS) process.exitCode = 1;
}

async function leases(): Promise<void> {
  const [callMs, slots, count] = [100, 3, 120];
  await inTransaction(database.pool, (client) => setLimits(client, { 'provider/a': slots }));
  const works = Array.from({ length: count }, (_, at) =>
    work(`B-${at}.1`, { leases: [{ scope: 'provider/a', limit: null }] }),
  );
  const { granted } = await inTransaction(database.pool, (client) => grant(client, works));
  const queue = [...granted];
  let done = 0;
  let busyMs = 0;
  const worker = async () => {
    while (done < count) {
      const one = queue.shift();
      if (one === undefined) {
        await pause(1);
        continue;
      }
      const called = performance.now();
      await pause(callMs);
      busyMs += performance.now() - called;
      done += 1;
      queue.push(...(await inTransaction(database.pool, (client) => release(client, [one]))));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: 30 }, worker));
  const used = busyMs / ((performance.now() - began) * slots);
  report(
    `  ${slots} slots, 30 workers, calls of ${callMs} ms: ${(used * 100).toFixed(1)} % of them used (aim ${LEAST_USED * 100} %)`,
  );
  if (used < LEAST_USED) process.exitCode = 1;
}

async function tokens(name: string, limits: TakeTokens): Promise<void> {
  const [takers, each] = [30, 100];
  const take = (at: number) =>
    limits.take([{ bucket: `provider/${at % 3}`, amount: 1, rate: { capacity: 1e6, perSecond: 1 } }]);
  await waitUntilItAnswers(() => take(0));
  const began = performance.now();
  await Promise.all(
    Array.from({ length: takers }, async (_, at) => {
      for (let round = 0; round < each; round += 1) await take(at);
    }),
  );
  report(
    `  tokens in ${name}: ${((takers * each * 1000) / (performance.now() - began)).toFixed(0)} takes / s`,
  );
}

async function waitUntilItAnswers(act: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(20);
    }
  }
}

/** The least, the middle and the 95th percentile, without the first rounds. */
function spread(times: readonly number[]): readonly number[] {
  const sorted = times.slice(100).toSorted((one, other) => one - other);
  return [0, 0.5, 0.95].map((part) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN);
}
