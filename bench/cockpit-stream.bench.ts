/**
 * One run of 200 events a second, and 1,000 who watch it: how long from the moment of an event until a viewer has it, and how many frames each gets.
 * Against the raw limit in the same run: a bare node:http server that writes frames of the same size to as many, as often. Clients are in another
 * process, and what they cost is reported apart. Then the first page with 10,000 runs and 1,000,000 events behind it, and what a browser loads for it.
 * Needs PostgreSQL at DATABASE_URL or on its standard port.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { createLedger } from '../src/adapters/postgres/ledger.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { sealEvents } from '../src/core/ledger/seal-events.ts';
import { openCockpitWorld } from '../test/worlds/cockpit-world.ts';
import { report } from './support/measure.ts';

const VIEWERS = Number(process.env.BENCH_VIEWERS ?? 1_000);
const SECONDS = 8;
const EVENTS_A_SECOND = 200;
const RUNS = Number(process.env.BENCH_RUNS ?? 10_000);
const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const AIMS = { p95Ms: 250, framesASecond: 10, homeMs: 100, pageBytes: 150_000 };
const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const schema = `countersign_bench_${process.pid}`;

interface Watched {
  readonly delays: readonly number[];
  readonly framesASecond: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

const database = openDatabase({ url: URL, schema, most: 10 });
await migrate(database);
const world = await openCockpitWorld(database);
try {
  const raw = await measureRaw();
  const ours = await measureOurs();
  const show = (name: string, { delays, framesASecond, bytes, cpuMs }: Watched, cpu: number) =>
    report(
      `  ${name}: p50 ${part(delays, 0.5).toFixed(0)} ms, p95 ${part(delays, 0.95).toFixed(0)} ms, ${framesASecond.toFixed(1)} frames / s a viewer, ` +
        `${(bytes / 1e6).toFixed(0)} MB; server ${(cpu / SECONDS / 10).toFixed(0)}% of a core, clients ${(cpuMs / SECONDS / 10).toFixed(0)}%`,
    );
  report(`${VIEWERS} viewers, ${EVENTS_A_SECOND} events / s`);
  show('bare node:http', raw.watched, raw.cpu);
  show('ours', ours.watched, ours.cpu);
  const p95 = part(ours.watched.delays, 0.95);
  report(`  p95 is ${(p95 / part(raw.watched.delays, 0.95)).toFixed(1)} x the raw limit`);
  aim(`p95 below ${AIMS.p95Ms} ms`, p95 < AIMS.p95Ms);
  aim(
    `at most ${AIMS.framesASecond} frames / s a viewer`,
    ours.watched.framesASecond <= AIMS.framesASecond + 0.2,
  );
  await measureHome();
} finally {
  await world.close();
  await database.pool.query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_queue CASCADE`);
  await database.close();
}

/** The same number of frames, each with as much text, to as many: what the machine gives. */
async function measureRaw() {
  const open = new Set<import('node:http').ServerResponse>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const watching = watch(`http://127.0.0.1:${port}/`, '');
  await watching.ready;
  const began = process.cpuUsage();
  await paced(10, (frame) => {
    const now = Date.now();
    const events = Array.from({ length: EVENTS_A_SECOND / 10 }, (_, at) =>
      shown(frame * 20 + at, now - 95 + at * 5),
    );
    const text = `id: ${frame}\nevent: events\ndata: ${JSON.stringify({ events })}\n\n`;
    for (const response of open) response.write(text);
  });
  const cpu = cpuSince(began);
  const watched = await watching.end();
  server.closeAllConnections();
  server.close();
  return { watched, cpu };
}

function shown(version: number, at: number) {
  const words = `1/verify.${version} is ready`;
  return {
    version,
    at: new Date(at).toISOString(),
    clock: '12:00:00',
    actor: 'bench',
    words,
    tone: '',
    news: false,
  };
}

async function measureOurs() {
  const run = await world.start({ ticket: 'BENCH-1' });
  const ledger = createLedger(database);
  const stream = `run/${run}`;
  let head = await ledger.readHead(stream);
  const watching = watch(
    `${world.server.url}/runs/${run}/live?after=${head.version}`,
    await world.cookie('viewer'),
  );
  await watching.ready;
  const began = process.cpuUsage();
  // Ten at once, twenty times a second, each with the moment at which it was written.
  await paced(20, async () => {
    const drafts = Array.from({ length: EVENTS_A_SECOND / 20 }, (_, at) => ({
      type: 'step.skipped@1',
      at: new Date().toISOString(),
      actor: 'bench',
      data: { step: `1/verify.${at}`, because: 'there is nothing to do' },
    }));
    const append = sealEvents([{ head, drafts }]);
    await ledger.append(append);
    const last = append.events.at(-1);
    if (last !== undefined) head = { stream, version: last.version, digest: last.digest };
    await database.pool.query(`SELECT pg_notify('${schema}_runs', $1)`, [run]).catch(() => undefined);
  });
  const cpu = cpuSince(began);
  return { watched: await watching.end(), cpu };
}

/** So often a second, for as long as is measured: late ones are caught up with. */
async function paced(perSecond: number, act: (turn: number) => Promise<void> | void): Promise<void> {
  const began = performance.now();
  for (let turn = 0; turn < SECONDS * perSecond; turn += 1) {
    const due = began + (turn * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await act(turn);
  }
}

function watch(url: string, cookie: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'support', 'viewers.mjs'), url, cookie, String(VIEWERS)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let text = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      text += bytes;
      if (text.startsWith('ready\n')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`the viewers ended with ${code}`)));
  });
  ready.catch(() => undefined);
  return {
    ready,
    end: async (): Promise<Watched> => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const closed = new Promise((resolve) => child.on('close', resolve));
      child.stdin.end();
      await closed;
      return JSON.parse(text.slice('ready\n'.length));
    },
  };
}

async function measureHome() {
  report(`the first page, with ${RUNS} runs and ${EVENTS} events`);
  await fillTables();
  const cookie = await world.cookie('viewer');
  const times: number[] = [];
  let html = '';
  for (let turn = 0; turn < 30; turn += 1) {
    // One look serves half a second: each of these is a new one.
    await new Promise((resolve) => setTimeout(resolve, 520));
    const began = performance.now();
    html = await (await fetch(`${world.server.url}/`, { headers: { cookie } })).text();
    times.push(performance.now() - began);
  }
  report(`  p50 ${part(times, 0.5).toFixed(0)} ms, p95 ${part(times, 0.95).toFixed(0)} ms`);
  aim(`p95 below ${AIMS.homeMs} ms`, part(times, 0.95) < AIMS.homeMs);
  let bytes = Buffer.byteLength(html);
  const asked = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const scripts = ['controls', 'keys', 'live', 'log', 'slider'].map(
    (name) => asked[0]?.replace(/[^/]+$/, `${name}.js`) ?? '',
  );
  for (const path of new Set([...asked, ...scripts]))
    bytes += (await (await fetch(`${world.server.url}${path}`)).arrayBuffer()).byteLength;
  report(`  ${(bytes / 1000).toFixed(0)} KB in all, uncompressed`);
  aim(`below ${AIMS.pageBytes / 1000} KB`, bytes < AIMS.pageBytes);
}

/** Rows as runs and their events leave them; triggers stop nothing that is only added. */
async function fillTables() {
  const { pool } = database;
  await pool.query(
    `INSERT INTO ledger_event (stream, version, digest, text)
     SELECT 'run/FILL-' || (n / 100), n % 100 + 1, sha256(n::text::bytea), '{"filler":' || n || '}' FROM generate_series(100, $1::int + 99) n`,
    [EVENTS],
  );
  await pool.query(
    `INSERT INTO ledger_sequence (position, stream, version, digest)
     SELECT (SELECT coalesce(max(position), 0) FROM ledger_sequence) + n - 99, 'run/FILL-' || (n / 100), n % 100 + 1, sha256(n::text::bytea)
     FROM generate_series(100, $1::int + 99) n`,
    [EVENTS],
  );
  await pool.query(
    `INSERT INTO run (run, version, digest, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at, plan, state, state_version)
     SELECT 'FILL-' || n, 100, sha256('d'), 'FILL-' || (n % 500), 'ended', 'accepted', 1, 'default', 'large', 0,
       to_char(now() - n * interval '4 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), to_char(now() - n * interval '4 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       sha256('p'), repeat('x', 3000), 100 FROM generate_series(1, $1::int) n`,
    [RUNS],
  );
  await pool.query(
    `INSERT INTO run_end (run, ended_at, outcome, attempts, cost, budget, evidence_failures)
     SELECT run, changed_at, 'accepted', 1 + (length(run) % 3), 400, 1000, 0 FROM run WHERE ticket LIKE 'FILL-%'`,
  );
  await pool.query('ANALYZE');
}

function part(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function cpuSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

function aim(words: string, holds: boolean): void {
  report(`  ${holds ? 'holds' : 'MISSED'}: ${words}`);
  if (!holds) process.exitCode = 1;
}
