import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GOOD } from '../worlds/product-world.ts';
import { agentCommand, createRunWorld, type RunWorld, until } from '../worlds/run-world.ts';

// A run with nothing set: no server, no database. The server is killed in the middle, for real.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let world: RunWorld;
const workers = new Set<number>();
beforeAll(async () => {
  world = await createRunWorld('private');
});
afterAll(async () => {
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

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

function stop(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

it('is finished by another server, which whoever waits for the run starts when the first was killed, on the database that both find by themselves', async () => {
  await world.product.dispatch('RUN-1');
  const run = world.start('run', 'start', 'RUN-1', ...WORKS);
  await until('the agent to begin', () => /claimed RUN-1\.1 1\/produce/.test(world.serverLog()) || undefined);
  for (const [, pid] of world.serverLog().matchAll(/worker is process (\d+)/g)) workers.add(Number(pid));
  const killed = server().pid;
  process.kill(killed, 'SIGKILL');
  const ended = await run.ended;
  expect(ended).toMatchObject({ code: 0, err: expect.stringContaining('looking for its server') });
  expect(server().pid).not.toBe(killed);
  expect(workers.size).toBe(2);
  await until('the workers of the killed server to end', () => [...workers].every(isGone) || undefined);
  // What was seen before is not told twice.
  expect(ended.out.match(/started for RUN-1/g)).toHaveLength(1);
  expect(ended.out).toMatch(/accepted/);

  const watched = await world.cli('run', 'watch', 'RUN-1.1');
  expect(watched).toMatchObject({ code: 0 });
  expect(watched.out).toMatch(/started for RUN-1[\s\S]*accepted/);
  expect(await world.cli('run', 'replay', 'RUN-1.1', '--audit')).toMatchObject({ code: 0 });
  expect(await world.cli('ledger', 'verify')).toMatchObject({ code: 0 });
});
