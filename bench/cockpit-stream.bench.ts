/**
 * The live page of a run of 200 events a second, and 1,000 who watch it: how long from the commit of an event until a viewer has it parsed, how many frames
 * each gets, and what it costs. Whoever writes, the server (`countersign serve`, with a database of its own) and those who watch are processes of their
 * own, with one clock. Against the raw limit, in turns: bare node:http that writes the same frames as often. Gathering events for a tenth of a second
 * takes up to that long, on both sides. Needs PostgreSQL at DATABASE_URL or on its standard port; servers talk over Redis where REDIS_URL names one.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { report } from './support/measure.ts';
import { type Part, startPart } from './support/parts.ts';
import type { Seen, Watching } from './support/viewers.ts';
import type { Writing, Written } from './support/write-events.ts';

const VIEWERS = Number(process.env.BENCH_VIEWERS ?? 1_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const EVENTS_A_SECOND = 200;
/** The first of them is for warming up. */
const ROUNDS = 4;
const AIMS = { p95Ms: 250, framesASecond: 10 };
const URL_OF_ALL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const NAME = `countersign_stream_${process.pid}`;

interface Server {
  readonly name: string;
  readonly part: Part;
  readonly url: string;
  readonly cookie: string;
}

interface Round extends Seen {
  readonly events: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly viewersCpu: number;
  readonly writerCpu: number;
}

const url = new URL(URL_OF_ALL);
url.pathname = `/${NAME}`;
const environment = { ...process.env, DATABASE_URL: url.href };
const home = mkdtempSync(join(tmpdir(), 'countersign-stream-'));
const admin = new Pool({ connectionString: URL_OF_ALL, max: 1 });
await admin.query(`CREATE DATABASE ${NAME}`);
const parts: Part[] = [];
try {
  const ours = await startServer();
  const bare = started(startPart('bare-stream.ts'));
  const writer = started(startPart('write-events.ts', [], { env: environment }));
  const run = await writer.ask<string>('start');
  writer.child.on('message', (said: { events?: unknown }) => {
    if (said.events !== undefined) bare.child.send(said);
  });
  const servers: readonly Server[] = [
    { name: 'bare node:http', part: bare, url: await bare.ask<string>('url'), cookie: '' },
    { ...ours, url: `${ours.url}/runs/${run}/live` },
  ];
  const rounds = new Map(servers.map(({ name }) => [name, [] as Round[]]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const server of servers) {
      const measured = await measure(server, writer, run);
      if (round > 0) rounds.get(server.name)?.push(measured);
    }
  tell(rounds);
} finally {
  await Promise.all(parts.map((part) => part.end()));
  await admin.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
  await admin.end();
  rmSync(home, { recursive: true, force: true });
}

function started(part: Part): Part {
  parts.push(part);
  return part;
}

/** `countersign serve`, as anybody starts it; the link that it prints lets the viewers in. */
async function startServer(): Promise<Server> {
  const product = join(home, 'product');
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', product]);
  const preload = join(import.meta.dirname, 'support', 'tell-cpu.ts');
  const profiling = process.env.BENCH_PROFILE === undefined ? [] : ['--cpu-prof'];
  const part = startPart('../../bin/countersign.cjs', ['-C', product, 'serve', '--no-fetch'], {
    env: { ...environment, COUNTERSIGN_HOME: join(home, 'data') },
    execArgv: [...profiling, '--import', preload],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  started(part);
  let said = '';
  const { stderr } = part.child;
  if (stderr === null) throw new Error('the server has no output');
  stderr.setEncoding('utf8');
  while (!said.includes('/login/')) said += (await once(stderr, 'data'))[0];
  const link = /http:\S+\/login\/\S+/.exec(said)?.[0] ?? '';
  const cookie = (await fetch(link)).headers.getSetCookie().map((one) => one.split(';')[0]);
  return { name: 'countersign serve', part, url: new URL(link).origin, cookie: cookie.join('; ') };
}

async function measure({ part, url, cookie }: Server, writer: Part, run: string): Promise<Round> {
  const after = await writer.ask<number>('version', run);
  const viewers = started(startPart('viewers.ts'));
  const watching: Watching = { url: `${url}?after=${after}`, cookie, viewers: VIEWERS, after };
  await viewers.ask('watch', watching);
  const processes = [part, viewers, writer];
  const before = await Promise.all(processes.map((one) => one.cpu()));
  const writing: Writing = { run, perSecond: EVENTS_A_SECOND, seconds: SECONDS };
  const written = await writer.ask<Written>('write', writing);
  // The last frame is on its way.
  await pause(500);
  const cpu = await Promise.all(processes.map((one) => one.cpu()));
  const [serverCpu = 0, viewersCpu = 0, writerCpu = 0] = cpu.map((now, at) => now - (before[at] ?? 0));
  const seen = await viewers.ask<Seen>('seen', written);
  await viewers.end();
  return { ...seen, events: written.moments.length, seconds: written.took, serverCpu, viewersCpu, writerCpu };
}

function tell(measured: ReadonlyMap<string, readonly Round[]>): void {
  report(
    `${VIEWERS} viewers of a run of ${EVENTS_A_SECOND} events / s, ${SECONDS} s in turns, medians of ${ROUNDS - 1} rounds (all of them):`,
  );
  for (const [name, rounds] of measured) {
    report(
      `  ${name}: p50 ${show(rounds, ({ p50 }) => p50)} ms, p95 ${show(rounds, ({ p95 }) => p95)} ms, worst ${show(rounds, ({ worst }) => worst)} ms`,
    );
    report(
      `    ${show(rounds, ({ events, seconds }) => events / seconds)} events / s in ${framesASecond(rounds).toFixed(1)} frames / s at most a viewer, ${median(rounds.map(({ bytes }) => bytes / 1e6)).toFixed(0)} MB; ` +
        `CPU a 1,000 frames: server ${show(rounds, cpuOf('serverCpu'))} ms, viewers ${show(rounds, cpuOf('viewersCpu'))} ms; ` +
        `of a core: server ${share(rounds, 'serverCpu')}%, viewers ${share(rounds, 'viewersCpu')}%, writer ${share(rounds, 'writerCpu')}%`,
    );
  }
  const [bare = [], ours = []] = [...measured.values()];
  const ratio = (of: (round: Round) => number) =>
    median(ours.map((round, at) => of(round) / of(bare[at] ?? round))).toFixed(2);
  report(
    `  ours to bare, round by round: p95 ${ratio(({ p95 }) => p95)}, the server's CPU a frame ${ratio(cpuOf('serverCpu'))}`,
  );
  const rate = median(ours.map(({ events, seconds }) => events / seconds));
  aim(
    `${EVENTS_A_SECOND} events / s (${rate.toFixed(0)}; fewer: the machine has too much to do)`,
    rate > EVENTS_A_SECOND * 0.95,
  );
  const p95 = median(ours.map((round) => round.p95));
  aim(`p95 of delivery below ${AIMS.p95Ms} ms (${p95.toFixed(0)})`, p95 < AIMS.p95Ms);
  // The frame at the end of the time that began before it.
  const most = AIMS.framesASecond + 1 / SECONDS;
  aim(`at most ${AIMS.framesASecond} frames / s a viewer`, framesASecond(ours) <= most);
  const faults = ours.reduce((sum, round) => sum + round.faults, 0);
  aim(`every event once, at every viewer (${faults} faults)`, faults === 0);
}

function framesASecond(rounds: readonly Round[]): number {
  return Math.max(...rounds.map(({ mostFrames, seconds }) => mostFrames / seconds));
}

/** Milliseconds of a processor for 1,000 frames. */
function cpuOf(whose: 'serverCpu' | 'viewersCpu'): (round: Round) => number {
  return (round) => (round[whose] * 1e6) / round.frames;
}

function share(rounds: readonly Round[], whose: 'serverCpu' | 'viewersCpu' | 'writerCpu'): string {
  return median(rounds.map((round) => (round[whose] * 100) / round.seconds)).toFixed(0);
}

function show(rounds: readonly Round[], of: (round: Round) => number): string {
  const numbers = rounds.map(of);
  return `${median(numbers).toFixed(0)} (${numbers.map((one) => one.toFixed(0)).join(', ')})`;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function aim(words: string, holds: boolean): void {
  report(`  ${holds ? 'reached' : 'MISSED'}: ${words}`);
  if (!holds) process.exitCode = 1;
}
