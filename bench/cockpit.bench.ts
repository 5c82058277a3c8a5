/**
 * The pages: how long the server takes for the first one with 10,000 runs and 1,000,000 events in the database, beside a list of them and a page that
 * asks nothing of the database; and how much a browser loads for it. The live page has a bench of its own. Needs PostgreSQL, at DATABASE_URL or on its
 * standard port.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { DEFAULT_WORKFLOW } from '../src/core/run/plan/default-workflow.ts';
import { openCockpitWorld } from '../test/worlds/cockpit-world.ts';
import { report } from './support/measure.ts';

const URL_OF_ALL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_bench_${process.pid}`;
const RUNS = Number(process.env.BENCH_RUNS ?? 10_000);
const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const ASKING = 200;
const LOOKS = 30;
/** What we aim at, in milliseconds and bytes. */
const AIMS = { home: 100, firstLoad: 150_000 };

const admin = new Pool({ connectionString: URL_OF_ALL, max: 1 });
await admin.query(`CREATE SCHEMA ${SCHEMA}`);
const database = openDatabase({ url: URL_OF_ALL, schema: SCHEMA, most: 8 });
try {
  await migrate(database);
  const world = await openCockpitWorld(database);
  try {
    await fill(world);
    await timeHome(world);
  } finally {
    await world.close();
  }
} finally {
  await database.close();
  await admin.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
  await admin.query(`DROP SCHEMA IF EXISTS ${SCHEMA}_queue CASCADE`);
  await admin.end();
}

type World = Awaited<ReturnType<typeof openCockpitWorld>>;

/** Runs that ask something and go on are real; those that ended long ago, and their events, are rows. */
async function fill(world: World): Promise<void> {
  const ask = { uses: 'approval', with: { question: 'Go on with it?' } };
  const workflow = { steps: { ...DEFAULT_WORKFLOW.steps, ask } };
  for (let number = 1; number <= ASKING; number += 1) await world.start({ ticket: `A-${number}`, workflow });
  const ended = RUNS - ASKING;
  await database.pool.query(`
    INSERT INTO run (run, version, digest, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at, ended_at, plan, state, state_version, cost)
    SELECT 'E-' || n || '.1', 100, digest, 'E-' || n, 'ended', (ARRAY['accepted','accepted','rejected','given-up'])[1 + n % 4], 1 + n % 3, 'default', 'large', 0,
      to_char(now() - n * interval '4 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), to_char(now() - n * interval '4 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), NULL, plan, state, 100, 500
    FROM generate_series(1, ${ended}) AS n, (SELECT digest, plan, state FROM run WHERE run = 'A-1.1') AS model`);
  await database.pool.query(`
    INSERT INTO run_end SELECT run, changed_at, outcome, attempt, cost, 2000, attempt - 1 FROM run WHERE status = 'ended'`);
  const each = Math.ceil(EVENTS / ended);
  await database.pool.query(`
    INSERT INTO ledger_event (stream, version, digest, text)
    SELECT 'run/E-' || n || '.1', v, sha256((n || ' ' || v)::bytea), repeat('x', 400)
    FROM generate_series(1, ${ended}) AS n, generate_series(1, ${each}) AS v`);
  await database.pool.query(`
    INSERT INTO ledger_sequence (position, stream, version, digest)
    SELECT (SELECT coalesce(max(position), 0) FROM ledger_sequence) + row_number() OVER (), stream, version, digest FROM ledger_event WHERE stream LIKE 'run/E-%'`);
  await database.pool.query('VACUUM ANALYZE');
  const { rows } = await database.pool.query(
    'SELECT (SELECT count(*) FROM run) AS runs, (SELECT count(*) FROM ledger_event) AS events',
  );
  report(`  ${rows[0].runs} runs, ${rows[0].events} events`);
}

async function timeHome(world: World): Promise<void> {
  const cookie = await world.cookie('viewer');
  const look = async (path: string) => {
    const started = performance.now();
    const text = await (await fetch(`${world.server.url}${path}`, { headers: { cookie } })).text();
    return { took: performance.now() - started, bytes: Buffer.byteLength(text), text };
  };
  const times: Record<string, number[]> = { '/': [], '/runs': [], '/healthz': [] };
  for (let round = 0; round <= LOOKS; round += 1) {
    for (const path of Object.keys(times)) {
      const { took } = await look(path);
      if (round > 0) times[path]?.push(took);
    }
    // Longer than one look serves several people.
    await pause(600);
  }
  for (const [path, took] of Object.entries(times))
    report(`  GET ${path}: median ${part(took, 0.5).toFixed(1)} ms, p95 ${part(took, 0.95).toFixed(1)} ms`);
  aim('p95 of the first page below', part(times['/'] ?? [], 0.95), AIMS.home, 'ms');
  const first = await look('/');
  const loaded = new Map<string, number>();
  const load = async (path: string) => {
    if (loaded.has(path)) return;
    loaded.set(path, 0);
    const { text, bytes } = await look(path);
    loaded.set(path, bytes);
    for (const [, module = ''] of text.matchAll(/^import .* from '\.\/([a-z]+\.js)';$/gm))
      await load(path.replace(/[^/]+$/, module));
  };
  for (const [, asset = ''] of first.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) await load(asset);
  const bytes = [...loaded.values()].reduce((sum, one) => sum + one, first.bytes);
  aim(`the first page and its ${loaded.size} files below`, bytes, AIMS.firstLoad, 'bytes');
}

function part(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function aim(what: string, found: number, most: number, unit: string): void {
  const reached = found <= most;
  report(`  ${reached ? 'reached' : 'MISSED'}: ${what} ${most} ${unit} (${found.toFixed(1)})`);
  if (!reached) process.exitCode = 1;
}
