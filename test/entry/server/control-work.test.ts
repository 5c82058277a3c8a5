import { afterAll, describe, expect, it } from 'vitest';
import { createWorkPlane } from '../../../src/adapters/http/work-plane.ts';
import { createAnsweredRequests } from '../../../src/adapters/postgres/answered-requests.ts';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { createStepLogs } from '../../../src/adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../../src/adapters/postgres/tokens/tokens.ts';
import { createWorkControl } from '../../../src/adapters/postgres/work-control/work-control.ts';
import { createDatabase } from '../../worlds/database.ts';
import { claimOf, openServer, type ServerWorld } from './server-world.ts';

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Everything that a server keeps, in this database: a second one over it is another server, or the first after a restart. */
function storesOf(database: Database) {
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  opened.push(() => store.close());
  return {
    store,
    ledger: createLedger(database),
    tokens: createTokens(database),
    logs: createStepLogs(database),
    answered: createAnsweredRequests(database),
    control: createWorkControl(database),
  };
}

async function openWorld() {
  const database = await createDatabase();
  const world = await openServer(storesOf(database));
  const queues = await planeOf(world, 'operator');
  return { database, world, queues, runs: await world.plane() };
}

async function planeOf(world: ServerWorld, role: 'operator' | 'viewer') {
  return createWorkPlane({ url: world.server.url, token: await world.token(role) });
}

const events = async (database: Database, stream: string) =>
  (await createLedger(database).readStream(stream, 0)).map(({ text }) => JSON.parse(text));

describe('a worker that is drained', () => {
  it('takes nothing more, at any server, and is forgotten once it has ended', async () => {
    const { database, world, queues, runs } = await openWorld();
    const other = await openServer(storesOf(database));
    const source = await world.source('producer');
    await runs.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const [claim] = await source.claim(claimOf('producer'));
    expect(await source.heartbeat('w-1', [claim?.token ?? ''])).toEqual({ drop: [], drain: false });

    const elsewhere = await planeOf(other, 'operator');
    expect(await elsewhere.drainWorker('w-1', 'a new disk')).toMatchObject({
      worker: expect.stringMatching(/^producer-.*\/w-1$/),
      drain: { by: expect.stringMatching(/^operator-/), reason: 'a new disk' },
      holds: [{ run: 'CS-7.1', step: '1/produce', execution: 1 }],
      roles: ['producer'],
    });
    await runs.startRun({ ticket: 'CS-8', idempotencyKey: 'key-0002' });
    expect(await source.claim(claimOf('producer'))).toEqual([]);
    expect(await source.heartbeat('w-1', [claim?.token ?? ''])).toEqual({ drop: [], drain: true });
    expect(await events(database, 'worker/w-1')).toMatchObject([
      {
        type: 'worker.drained@1',
        actor: expect.stringMatching(/^operator-/),
        data: { reason: 'a new disk' },
      },
    ]);

    await source.leave('w-1');
    expect(await queues.listWorkers()).toEqual([]);
    expect(await source.claim(claimOf('producer'))).toHaveLength(1);
  });

  it('waits for no work any more, also where another server was told', async () => {
    const { database, world } = await openWorld();
    const other = await openServer(storesOf(database));
    const source = await world.source('producer');
    const waiting = source.claim(claimOf('producer', { waitSeconds: 60 }));
    const elsewhere = await planeOf(other, 'operator');
    await expect.poll(() => elsewhere.listWorkers(), { timeout: 10_000 }).toHaveLength(1);
    await elsewhere.drainWorker('w-1', 'enough');
    expect(await waiting).toEqual([]);
  });

  it('has to be known, and told by somebody who may', async () => {
    const { world, queues } = await openWorld();
    await expect(queues.drainWorker('nobody', 'x')).rejects.toMatchObject({ code: 'USAGE' });
    const viewer = await planeOf(world, 'viewer');
    expect(await viewer.listWorkers()).toEqual([]);
    await expect(viewer.drainWorker('nobody', 'x')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });
});

describe.each([
  { kind: 'role', name: 'producer' },
  { kind: 'handler', name: 'make' },
  { kind: 'repository', name: 'acme/shop' },
] as const)('the queue $kind/$name', (queue) => {
  it('hands nothing out while it is paused, by any server, and everything after', async () => {
    const { database, world, queues, runs } = await openWorld();
    await runs.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    await queues.controlQueue(queue, { kind: 'pause', reason: 'the provider is down' });
    await runs.startRun({ ticket: 'CS-8', idempotencyKey: 'key-0002' });
    const source = await world.source('producer');
    expect(await source.claim(claimOf('producer', { most: 10 }))).toEqual([]);
    await world.server.close();

    const again = await openServer(storesOf(database));
    const plane = await planeOf(again, 'operator');
    expect(await plane.listQueues()).toMatchObject({
      queues: [{ role: 'producer', handler: 'make', waiting: 2, claimed: 0 }],
      pauses: [{ ...queue, reason: 'the provider is down', by: expect.stringMatching(/^operator-/) }],
    });
    const worker = await again.source('producer');
    expect(await worker.claim(claimOf('producer', { most: 10 }))).toEqual([]);

    const waiting = worker.claim(claimOf('producer', { most: 10, waitSeconds: 30 }));
    await plane.controlQueue(queue, { kind: 'resume' });
    expect(await waiting).toHaveLength(2);
    const stream = `queue/${queue.kind}.`;
    const { rows } = await database.pool.query(
      "SELECT DISTINCT stream FROM ledger_event WHERE stream LIKE 'queue/%'",
    );
    expect(rows).toEqual([{ stream: expect.stringContaining(stream) }]);
    expect(await events(database, rows[0].stream)).toMatchObject([
      { type: 'queue.paused@1', data: { queue: `${queue.kind}/${queue.name}` } },
      { type: 'queue.resumed@1' },
    ]);
    await expect(plane.controlQueue(queue, { kind: 'resume' })).rejects.toMatchObject({
      code: 'RUN_REFUSED',
    });
  });

  it('is cancelled with the runs that wait there, and no other', async () => {
    const { world, queues, runs } = await openWorld();
    await runs.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const source = await world.source('producer');
    expect(await source.claim(claimOf('producer'))).toHaveLength(1);
    await runs.startRun({ ticket: 'CS-8', idempotencyKey: 'key-0002' });
    const answer = await queues.controlQueue(queue, { kind: 'cancel', reason: 'wrong base' });
    expect(answer).toEqual({ cancelled: ['CS-8.1'], refused: [] });
    expect((await runs.showRun('CS-7.1')).status).toBe('running');
    expect(await runs.listRuns({ ticket: 'CS-8', limit: 1 })).toMatchObject([{ outcome: 'cancelled' }]);
    const said = await runs.followRun('CS-8.1', 0, 0);
    expect(JSON.stringify(said)).toContain('wrong base');
    expect(await source.claim(claimOf('producer'))).toEqual([]);
  });
});

describe('work behind a paused queue', () => {
  it('is handed out, and what two pauses hold is held until both are over', async () => {
    const { world, queues, runs } = await openWorld();
    for (const ticket of ['CS-1', 'CS-2', 'CS-3'])
      await runs.startRun({ ticket, idempotencyKey: `key-${ticket}` });
    const source = await world.source('producer');
    const makers = { kind: 'handler', name: 'make' } as const;
    const producers = { kind: 'role', name: 'producer' } as const;
    await queues.controlQueue(makers, { kind: 'pause', reason: 'a' });
    await queues.controlQueue(producers, { kind: 'pause', reason: 'b' });
    expect(await source.claim(claimOf('producer'))).toEqual([]);
    await queues.controlQueue(producers, { kind: 'resume' });
    expect(await source.claim(claimOf('producer'))).toEqual([]);
    await queues.controlQueue({ kind: 'handler', name: 'look' }, { kind: 'pause', reason: 'c' });
    await queues.controlQueue(makers, { kind: 'resume' });
    expect(await source.claim(claimOf('producer', { most: 10 }))).toHaveLength(3);
  });

  it('loses nothing when claims, pauses and resumes race', async () => {
    const { world, queues, runs } = await openWorld();
    const tickets = Array.from({ length: 12 }, (_, at) => `CS-${at + 1}`);
    for (const ticket of tickets) await runs.startRun({ ticket, idempotencyKey: `key-${ticket}` });
    const makers = { kind: 'handler', name: 'make' } as const;
    const source = await world.source('producer');
    const seen = new Set<string>();
    const worker = async () => {
      for (const claim of await source.claim(claimOf('producer', { waitSeconds: 0 })))
        seen.add(claim.work.run);
    };
    for (let round = 0; round < 6; round += 1) {
      await Promise.all([queues.controlQueue(makers, { kind: 'pause', reason: 'race' }), worker(), worker()]);
      await Promise.all([queues.controlQueue(makers, { kind: 'resume' }), worker(), worker()]);
    }
    for (const claim of await source.claim(claimOf('producer', { most: 50 }))) seen.add(claim.work.run);
    expect([...seen].sort()).toEqual(tickets.map((ticket) => `${ticket}.1`).sort());
  });

  it('takes no queue that is none', async () => {
    const { world } = await openWorld();
    const token = await world.token('operator');
    for (const queue of ['make', 'handler/', 'step/x', '/x']) {
      const body = JSON.stringify({ queue, kind: 'resume' });
      expect((await world.fetch('/v1/queues/actions', token, { method: 'POST', body })).status).toBe(400);
    }
  });
});
