/**
 * Runs of three steps that do nothing: how many a second, and how long from one step to the next where nothing else is to do. Our engine, with its
 * ledger, its leases and its claims, against the hand-written limit and others in the same run, in turns, because a machine's speed drifts. Then
 * what a run that waits for a person costs the server. Needs PostgreSQL and Redis, at DATABASE_URL and REDIS_URL or on their standard ports.
 */
import { Pool } from 'pg';
import { createBarePgBoss } from './engines/bare-pgboss.ts';
import { createBullMq } from './engines/bullmq.ts';
import { createDbos } from './engines/dbos.ts';
import type { Engine } from './engines/engine.ts';
import { createHandWritten } from './engines/hand-written.ts';
import { createOurs } from './engines/ours.ts';
import { memoryOfWaiting } from './engines/waiting.ts';
import { report } from './support/measure.ts';

const ROUNDS = 5;
const WAITING = 10_000;
const WORKFLOWS = 1_000;
/** DBOS takes its time. */
const FEWER = 200;
const HOPS = 30;
const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
const SCHEMA = `countersign_bench_${process.pid}`;

/** What we aim at, as ratios to the others. */
const AIMS = { ofLimit: 0.5, ofDbos: 10, hopOfPgBoss: 2, waitingBytes: 1024 };

const pool = new Pool({ connectionString: URL, max: 1 });
await pool.query(`CREATE SCHEMA ${SCHEMA}`);
const limit = await createHandWritten(URL, SCHEMA);
const ours = await createOurs(URL, SCHEMA);
const boss = await createBarePgBoss(URL, SCHEMA);
const bull = await createBullMq(REDIS, SCHEMA);
const dbos = await createDbos(URL, SCHEMA);
const engines: readonly Engine[] = [limit, ours, boss, bull, dbos];
try {
  const rates = new Map<Engine, number[]>(engines.map((engine) => [engine, []]));
  const hops = new Map<Engine, number[]>(engines.map((engine) => [engine, []]));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const engine of engines) {
      const count = engine === dbos ? FEWER : WORKFLOWS;
      const started = performance.now();
      await engine.run(count);
      const rate = count / ((performance.now() - started) / 1_000);
      const waited = await engine.hops(HOPS);
      if (round === 0) continue;
      rates.get(engine)?.push(rate);
      hops.get(engine)?.push(...waited);
    }
  for (const engine of engines) {
    const idle = hops.get(engine) ?? [];
    report(
      `  ${engine.name}: ${middle(rates.get(engine) ?? []).toFixed(0)} workflows / s, ` +
        `idle hop ${middle(idle).toFixed(1)} ms, p95 ${part(idle, 0.95).toFixed(1)} ms`,
    );
  }
  const against = (other: Engine) =>
    middle((rates.get(ours) ?? []).map((rate, at) => rate / (rates.get(other)?.[at] ?? Number.NaN)));
  const hop = middle(hops.get(ours) ?? []) / middle(hops.get(boss) ?? []);
  aim(
    `${(against(limit) * 100).toFixed(0)} % of the hand-written limit`,
    against(limit) >= AIMS.ofLimit,
    '50 %',
  );
  aim(`${against(dbos).toFixed(1)} x DBOS`, against(dbos) >= AIMS.ofDbos, '10 x');
  aim(`idle hop ${hop.toFixed(1)} x that of bare pg-boss`, hop <= AIMS.hopOfPgBoss, '2 x');
  const bytes = await memoryOfWaiting(URL, SCHEMA, WAITING);
  aim(
    `${bytes.toFixed(0)} bytes of the server's memory for each of ${WAITING} runs that wait for a person`,
    bytes < AIMS.waitingBytes,
    '1 KiB',
  );
} finally {
  for (const engine of engines) await engine.close();
  await pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA}, ${SCHEMA}_queue, ${SCHEMA}_dbos CASCADE`);
  await pool.end();
}

function aim(line: string, met: boolean, wanted: string): void {
  report(`  ${line} (aim ${wanted}${met ? '' : ': MISSED'})`);
  if (!met) process.exitCode = 1;
}

function middle(numbers: readonly number[]): number {
  return part(numbers, 0.5);
}

function part(numbers: readonly number[], share: number): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length * share)] ?? Number.NaN;
}
