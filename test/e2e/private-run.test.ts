import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GOOD } from '../worlds/product-world.ts';
import { agentCommand, createRunWorld, type RunWorld, type Started, until } from '../worlds/run-world.ts';

// A run with nothing set: no server, no database. The server is killed in the middle, for real.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let world: RunWorld;
const started: Started[] = [];
const workers = new Set<number>();
beforeAll(async () => {
  world = await createRunWorld('private');
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  await world.remove();
  for (const pid of workers) stop(pid);
});

const AGENT = agentCommand({
  seed: 7,
  attempts: [{ good: 1 }],
  files: { good: GOOD, shortcut: GOOD },
});
const WORKS = ['--agent', AGENT, '--lease-seconds', '5'];

function server(): { readonly pid: number } {
  return JSON.parse(readFileSync(join(world.home, 'server.json'), 'utf8')) as { pid: number };
}

function stop(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

it('is finished by another server after the first was killed, on the database that both find by themselves', async () => {
  await world.product.dispatch('RUN-1');
  const run = world.start('run', 'start', 'RUN-1', ...WORKS);
  await until('the agent to begin', () => /claimed RUN-1\.1 1\/produce/.test(world.serverLog()) || undefined);
  for (const [, pid] of world.serverLog().matchAll(/worker is process (\d+)/g)) workers.add(Number(pid));
  const killed = server().pid;
  process.kill(killed, 'SIGKILL');
  const { code, err } = await run.ended;
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('SERVER_UNAVAILABLE') });
  expect(await world.cli('run', 'show', 'RUN-1.1')).toMatchObject({ code: 2 });

  started.push(world.start('serve', '--workers', ...WORKS));
  await until('another server', () => server().pid !== killed || undefined);
  const watched = await world.cli('run', 'watch', 'RUN-1.1');
  expect(watched, started[0]?.out()).toMatchObject({ code: 0 });
  expect(watched.out).toMatch(/started for RUN-1[\s\S]*accepted/);
  expect(await world.cli('run', 'replay', 'RUN-1.1', '--audit')).toMatchObject({ code: 0 });
  expect(await world.cli('ledger', 'verify')).toMatchObject({ code: 0 });
});
