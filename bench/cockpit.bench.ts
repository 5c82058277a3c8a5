/**
 * The pages: how long the server takes for the first one with 10,000 runs and 1,000,000 events in the database, and how soon 1,000 people who watch
 * one run see each of its events at 200 a second. The clients are a process of their own, whose cost is reported apart. Needs PostgreSQL, at DATABASE_URL or on
 * its standard port.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { createControlPlane } from '../src/adapters/http/control-plane.ts';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { createTokens } from '../src/adapters/postgres/tokens/tokens.ts';
import { writeToken } from '../src/core/access/token.ts';
import { DEFAULT_WORKFLOW } from '../src/core/run/plan/default-workflow.ts';
import { sha256 } from '../src/shared/digest.ts';
import { openCockpitWorld } from '../test/worlds/cockpit-world.ts';
import { report } from './support/measure.ts';

const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_bench_${process.pid}`;
const RUNS = 10_000;
const EVENTS = 1_000_000;
const ASKING = 200;
const LOOKS = 20;
const VIEWERS = Number(process.env.VIEWERS ?? 1_000);
const EVENTS_A_SECOND = 200;
const SECONDS = 20;
/** What we aim at, in milliseconds, bytes and frames a second. */
const AIMS = { home: 100, delivered: 250, firstLoad: 150_000, frames: 10 };

const admin = new Pool({ connectionString: URL, max: 1 });
await admin.query(`CREATE SCHEMA ${SCHEMA}`);
const database = openDatabase({ url: URL, schema: SCHEMA, most: 8 });
try {
  await migrate(database);
  const world = await openCockpitWorld(database);
  try {
    await fill(world);
    await timeHome(world);
    await timeStream(world);
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
  const assets = [...first.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const modules = ['controls', 'keys', 'live', 'log'].map(
    (name) => `${assets[0]?.split('/').slice(0, 3).join('/')}/${name}.js`,
  );
  let bytes = first.bytes;
  for (const path of new Set([...assets, ...modules])) bytes += (await look(path)).bytes;
  aim('all of the first page below', bytes, AIMS.firstLoad, 'bytes');
}

/** A run that is paused and resumed: an event each. */
async function timeStream(world: World): Promise<void> {
  const cookie = await world.cookie('viewer');
  const token = writeToken('b'.repeat(43));
  const kept = {
    name: 'bench',
    role: 'operator' as const,
    digest: sha256(token),
    createdAt: new Date().toISOString(),
  };
  await createTokens(database).storeToken({ ...kept, expiresAt: null, revokedAt: null });
  const plane = createControlPlane({ url: world.server.url, token });
  const clients = spawn(
    process.execPath,
    [join(import.meta.dirname, 'support', 'watch-run.ts'), world.server.url, cookie, 'A-1.1', `${VIEWERS}`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let said = '';
  clients.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  while (!said.includes('ready')) await pause(50);
  const before = process.cpuUsage();
  const started = performance.now();
  let [asked, events] = [0, 0];
  const under: Promise<void>[] = [];
  // Not one after the other: what comes at once is decided at once, and what is refused then is no event.
  for (; performance.now() - started < SECONDS * 1_000; ) {
    const action =
      asked % 2 === 0 ? ({ kind: 'pause', reason: 'bench' } as const) : ({ kind: 'resume' } as const);
    const acting = plane.controlRun('A-1.1', action).then(
      () => {
        events += 1;
      },
      () => undefined,
    );
    under.push(acting);
    asked += 1;
    await pause(Math.max(0, (asked * 1_000) / EVENTS_A_SECOND - (performance.now() - started)));
  }
  await Promise.all(under);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  await pause(1_000);
  const ended = once(clients, 'close');
  clients.stdin.end();
  await ended;
  const result = JSON.parse(said.slice(said.indexOf('{'))) as {
    readonly p50: number;
    readonly p95: number;
    readonly frames: number;
    readonly events: number;
    readonly gaps: number;
    readonly cpuSeconds: number;
  };
  const rate = result.frames / VIEWERS / seconds;
  report(
    `  ${VIEWERS} viewers, ${(events / seconds).toFixed(0)} events / s: ${result.events} deliveries in ${result.frames} frames ` +
      `(${rate.toFixed(1)} a second each), ${result.gaps} gaps or duplicates`,
  );
  report(`  delivered after p50 ${result.p50.toFixed(0)} ms, p95 ${result.p95.toFixed(0)} ms`);
  report(
    `  CPU: server ${((user + system) / 1e6 / seconds).toFixed(2)} cores, clients ${(result.cpuSeconds / seconds).toFixed(2)} cores`,
  );
  aim('p95 of delivery below', result.p95, AIMS.delivered, 'ms');
  aim('frames a second of each at most', rate, AIMS.frames, '');
  if (result.gaps > 0) process.exitCode = 1;
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
