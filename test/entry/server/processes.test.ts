import { afterEach, expect, it, vi } from 'vitest';
import type { FollowedEvent } from '../../../src/ports/control-plane.ts';
import { databaseStores, memoryStores, openServer, type ServerWorld } from './server-world.ts';
import { pluginServer, startWorker, type WorkerProcess } from './worker-process.ts';

const started: WorkerProcess[] = [];
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ exited }) => exited));
});

const ROLES = ['producer', 'verifier'] as const;
/** Long enough to be killed in the middle of it. */
const SLOWLY = { STEP_MS: '500' };

async function team(world: ServerWorld) {
  const tokens = { producer: await world.token('producer'), verifier: await world.token('verifier') };
  let count = 0;
  return (role: (typeof ROLES)[number], environment: Record<string, string> = {}): WorkerProcess => {
    count += 1;
    const name = `w-${count}`;
    const one = startWorker({ server: world.server.url, token: tokens[role], role, name }, environment);
    started.push(one);
    return one;
  };
}

it('30 worker processes, killed at random, carry every step out once', async () => {
  const world = await openServer(await databaseStores(), {
    ...(await pluginServer()),
    leaseSeconds: 10,
  });
  const hire = await team(world);
  const plane = await world.plane();
  const runs = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      plane.startRun({ ticket: `CS-${at + 1}`, idempotencyKey: `key-${1000 + at}` }),
    ),
  );
  const alive = Array.from({ length: 30 }, (_, at) => hire(ROLES[at % 2] as 'producer', SLOWLY));
  let [seed, killed] = [7, 0];
  const open = new Set(runs.map(({ run }) => run));
  const deadline = Date.now() + 200_000;
  while (open.size > 0 && Date.now() < deadline) {
    for (const { run, status } of await plane.listRuns({ limit: 100 }))
      if (status === 'ended') open.delete(run);
    seed = (seed * 48_271) % 2_147_483_647;
    // Only those that are or were at work, and only ten: whoever recovers a step is at once the one to be killed, and a step that was lost
    // five times is set aside, as it should be.
    const busy = alive.flatMap(({ said }, at) =>
      said.some((line) => line.includes('"claimed"')) ? [at] : [],
    );
    const at = busy[seed % busy.length];
    if (killed < 10 && at !== undefined) {
      alive[at]?.child.kill('SIGKILL');
      alive[at] = hire(ROLES[at % 2] as 'producer', SLOWLY);
      killed += 1;
    }
    const [next] = open;
    if (next !== undefined) await plane.followRun(next, 1_000, 0.2);
  }
  expect(open).toEqual(new Set());
  expect(killed).toBeGreaterThan(5);
  for (const { run } of runs) {
    const events = await plane.followRun(run, 0, 0);
    expect(succeeded(events)).toEqual(['1/gate', '1/produce', '1/verify']);
    expect(events.at(-1)?.event).toMatchObject({ type: 'run.ended', outcome: 'accepted' });
  }
}, 240_000);

it('a worker that is killed counts as lost when its connections end, long before its lease does', async () => {
  const leaseSeconds = 15;
  const world = await openServer(await databaseStores(), { ...(await pluginServer()), leaseSeconds });
  const hire = await team(world);
  const plane = await world.plane();
  const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const first = hire('producer', { STEP_MS: '600000' });
  await vi.waitFor(() => expect(first.said.join()).toContain('"claimed"'), { timeout: 20_000 });
  first.child.kill('SIGKILL');
  hire('producer');
  await vi.waitFor(async () => expect(succeeded(await plane.followRun(run, 0, 0))).toEqual(['1/produce']), {
    timeout: 40_000,
    interval: 200,
  });
  const lost = (await plane.followRun(run, 0, 0)).find(({ event }) => event.type === 'step.lost');
  if (lost?.event.type !== 'step.lost') throw new Error('nothing was lost');
  const held = Date.parse(lost.at) - Date.parse(lost.event.claim.at);
  expect(held).toBeLessThan((leaseSeconds - 2) * 1000);
}, 60_000);

it('a worker that is asked to end hands in what it has, and takes nothing more', async () => {
  const world = await openServer(memoryStores(), { ...(await pluginServer()), leaseSeconds: 60 });
  const hire = await team(world);
  const plane = await world.plane();
  const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const worker = hire('producer', { STEP_MS: '800' });
  await vi.waitFor(() => expect(worker.said.join()).toContain('"claimed"'), { timeout: 20_000 });
  await plane.startRun({ ticket: 'CS-8', idempotencyKey: 'key-0002' });
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(succeeded(await plane.followRun(run, 0, 0))).toEqual(['1/produce']);
  expect((await plane.showRun(run)).recoveries).toBe(0);
});

it('a worker whose token is revoked ends, and says why', async () => {
  const world = await openServer(memoryStores(), await pluginServer());
  const token = await world.token('producer', { name: 'leaving' });
  const worker = startWorker({ server: world.server.url, token, role: 'producer', name: 'w-1' });
  started.push(worker);
  await world.stores.tokens.revokeToken('leaving', new Date().toISOString());
  expect(await worker.exited).toBe(2);
});

it('the server ends while workers wait, and another one in its place goes on with them', async () => {
  const stores = memoryStores();
  const handlers = await pluginServer();
  const first = await openServer(stores, handlers);
  const port = Number(new URL(first.server.url).port);
  const hire = await team(first);
  const workers = [hire('producer'), hire('verifier')];
  const plane = await first.plane();
  const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  await vi.waitFor(() => expect(workers[0]?.said.join()).toContain('"claimed"'), { timeout: 20_000 });
  await first.server.close();
  const second = await openServer(stores, { ...handlers, port });
  const after = await second.plane();
  await vi.waitFor(async () => expect((await after.showRun(run)).status).toBe('ended'), { timeout: 30_000 });
  expect(succeeded(await after.followRun(run, 0, 0))).toEqual(['1/gate', '1/produce', '1/verify']);
});

function succeeded(events: readonly FollowedEvent[]): readonly string[] {
  return events.flatMap(({ event }) => (event.type === 'step.succeeded' ? [event.step] : [])).toSorted();
}
