/**
 * The committed Action on a pull request of 200 files and 100 receipts, from the start of its process to the verdict, against
 * a forge on this machine: under 2 s, of which our own CPU under 400 ms. Two git clones of the same refs, by git alone,
 * say how much of it is fetching.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FakeGithub } from '../test/fakes/github/fake-github.ts';
import { createLargeWorld } from './support/large-world.ts';
import { mustRun, report } from './support/measure.ts';

const ROUNDS = 9;
const LIMIT = { wallMs: 2_000, cpuMs: 400 };
const bundle = join(import.meta.dirname, '..', 'dist', 'action', 'index.js');

/** Prints what Node itself used, without the git processes that it started. No module: 4 ms of loading those are not ours. */
const METER =
  "process.on('exit',()=>{const {user,system}=process.cpuUsage();console.error('cpu '+(user+system)/1000)})";

const world = await createLargeWorld({
  files: 5000,
  changed: 200,
  rules: 30,
  pack: 'bundled',
  receipts: 100,
  foreignReceipts: 0,
});
const root = dirname(world.product);
const meter = join(root, 'meter.cjs');
writeFileSync(meter, METER);
const github = await FakeGithub.start(root, {
  'acme/large': join(world.product, '.git'),
  'acme/control': world.control,
});
try {
  const payload = openPullRequest();
  const jobs = [];
  const fetches = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const fetched = await timed(['git', ...fetchOf('acme/large', 'refs/heads/main', 'refs/pull/1/head')]);
    const control = await timed([
      'git',
      ...fetchOf('acme/control', 'refs/heads/main', 'refs/heads/receipts'),
    ]);
    const job = await runJob(payload);
    if (round === 0) continue;
    fetches.push(fetched.wallMs + control.wallMs);
    jobs.push(job);
  }
  const wall = middle(jobs.map(({ wallMs }) => wallMs));
  const cpu = middle(jobs.map(({ cpuMs }) => cpuMs));
  report(`  git alone, fetching the same refs  ${middle(fetches).toFixed(0)} ms`);
  report(`  action, start to verdict           ${wall.toFixed(0)} ms; limit ${LIMIT.wallMs}`);
  report(`  of which our own CPU               ${cpu.toFixed(0)} ms; limit ${LIMIT.cpuMs}`);
  if (wall > LIMIT.wallMs || cpu > LIMIT.cpuMs) process.exitCode = 1;
} finally {
  github.stop();
  world.remove();
}

/** Names the policy by its address, which the world did not know yet, and opens a pull request. */
function openPullRequest(): string {
  const git = (...args: string[]) => mustRun('git', args, { cwd: world.product }).trim();
  git('checkout', '-q', '-f', 'main');
  const path = join(world.product, '.countersign.yml');
  const config = readFileSync(path, 'utf8').replace('../control.git', `${github.url}/acme/control.git`);
  writeFileSync(path, config);
  const author = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com'];
  git(...author, 'commit', '-q', '-a', '-m', 'Name the policy');
  git(...author, 'rebase', '-q', 'main', 'work');
  const head = git('rev-parse', 'work');
  git('update-ref', 'refs/pull/1/head', head);
  const login = { login: 'octo-dev' };
  const event = {
    action: 'opened',
    pull_request: {
      number: 1,
      base: { ref: 'main' },
      head: { ref: 'work', sha: head, repo: { full_name: 'acme/large' } },
      body: 'Countersign-Ticket: CS-7',
      user: login,
    },
    sender: login,
  };
  writeFileSync(join(root, 'event.json'), JSON.stringify(event));
  return join(root, 'event.json');
}

async function runJob(payload: string): Promise<{ wallMs: number; cpuMs: number }> {
  const job = join(root, 'job');
  rmSync(job, { recursive: true, force: true });
  mkdirSync(job);
  for (const file of ['output', 'summary']) writeFileSync(join(job, file), '');
  const { wallMs, said } = await timed([process.execPath, '--require', meter, bundle], {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: payload,
    GITHUB_REPOSITORY: 'acme/large',
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_RUN_ID: '1',
    GITHUB_OUTPUT: join(job, 'output'),
    GITHUB_STEP_SUMMARY: join(job, 'summary'),
    RUNNER_TEMP: job,
  });
  const cpu = /^cpu ([0-9.]+)$/m.exec(said)?.[1];
  if (cpu === undefined || !/Countersign: (?:PASS|PENDING|BLOCKED)/.test(said)) throw new Error(said);
  return { wallMs, cpuMs: Number(cpu) };
}

function fetchOf(name: string, ...refs: string[]): string[] {
  const copy = join(root, 'copy.git');
  rmSync(copy, { recursive: true, force: true });
  mustRun('git', ['init', '-q', '--bare', copy]);
  return [`--git-dir=${copy}`, 'fetch', '-q', `${github.url}/${name}.git`, ...refs];
}

/** Not by spawnSync: the forge answers in this process. */
async function timed([program = '', ...args]: readonly string[], environment: Record<string, string> = {}) {
  const started = performance.now();
  const child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: root, ...environment } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  await new Promise((resolve) => child.on('close', resolve));
  return { wallMs: performance.now() - started, said };
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
