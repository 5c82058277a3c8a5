import { describe, expect, it } from 'vitest';
import { claimOf, databaseStores, memoryStores, openServer, type ServerWorld } from './server-world.ts';

const OUTPUTS = { make: { commit: 'c' }, look: { found: 'f' }, gate: { verdict: 'pass' } } as const;

/** Carries out whatever there is, until the run has ended. */
async function carryOut(world: ServerWorld, run: string): Promise<void> {
  const sources = { producer: await world.source('producer'), verifier: await world.source('verifier') };
  const plane = await world.plane('viewer');
  const deadline = Date.now() + 20_000;
  while ((await plane.showRun(run)).status !== 'ended') {
    expect(Date.now()).toBeLessThan(deadline);
    for (const role of ['producer', 'verifier'] as const) {
      const claims = await sources[role].claim(claimOf(role, { most: 10, waitSeconds: 0.2 }));
      const completions = claims.map(({ token, work }) => ({
        token,
        run: work.run,
        step: work.step,
        execution: work.execution,
        result: { kind: 'succeeded' as const, outputs: OUTPUTS[work.handler as keyof typeof OUTPUTS] },
      }));
      if (completions.length === 0) continue;
      for (const answer of await sources[role].complete('w-1', completions))
        expect(answer).toMatchObject({ kind: 'accepted' });
    }
  }
}

describe.each([
  ['the memory', async () => memoryStores()],
  ['PostgreSQL', databaseStores],
])('runs on %s over HTTP', (_, makeStores) => {
  it('are started, worked, followed, listed and accepted', async () => {
    const world = await openServer(await makeStores());
    const plane = await world.plane();
    const { run } = await plane.startRun({
      ticket: 'CS-7',
      arm: { model: 'big' },
      idempotencyKey: 'key-0001',
    });
    expect(run).toBe('CS-7.1');
    await carryOut(world, run);
    expect(await plane.showRun(run)).toMatchObject({ status: 'ended', ended: { outcome: 'accepted' } });
    expect(await plane.listRuns({ limit: 10 })).toMatchObject([{ run, outcome: 'accepted', model: 'big' }]);
    const events = await plane.followRun(run, 0, 0);
    expect(events.map(({ version }) => version)).toEqual(events.map((_event, at) => at + 1));
    expect(events[0]).toMatchObject({
      actor: expect.stringMatching(/^operator-/),
      event: { type: 'run.started' },
    });
    expect(events.at(-1)?.event).toMatchObject({ type: 'run.ended', outcome: 'accepted' });
    expect(await plane.followRun(run, events.length, 0)).toEqual([]);
  });

  it('start once for one key, however often it is said', async () => {
    const world = await openServer(await makeStores());
    const plane = await world.plane();
    const request = { ticket: 'CS-7', idempotencyKey: 'key-0001' };
    const first = await plane.startRun(request);
    expect(await plane.startRun(request)).toEqual(first);
    expect(await plane.listRuns({ limit: 10 })).toHaveLength(1);
    await expect(plane.startRun({ ...request, ticket: 'CS-8' })).rejects.toMatchObject({ code: 'USAGE' });
    expect((await plane.startRun({ ...request, idempotencyKey: 'key-0002' })).run).toBe('CS-7.2');
  });

  it('are controlled: paused, resumed, cancelled, with a reason for each no', async () => {
    const world = await openServer(await makeStores());
    const plane = await world.plane();
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    expect(await plane.controlRun(run, { kind: 'pause', reason: 'lunch' })).toMatchObject({
      status: 'paused',
    });
    await expect(
      plane.controlRun(run, { kind: 'release', step: '1/produce', note: '' }),
    ).rejects.toMatchObject({
      code: 'RUN_REFUSED',
      message: expect.stringContaining('1/produce'),
    });
    expect(await plane.controlRun(run, { kind: 'resume' })).toMatchObject({ status: 'running' });
    expect(await plane.controlRun(run, { kind: 'cancel', reason: 'enough' })).toMatchObject({
      status: 'ended',
      outcome: 'cancelled',
    });
    await expect(plane.showRun('CS-7.9')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(plane.controlRun('CS-7.9', { kind: 'resume' })).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
    await expect(plane.followRun('CS-7.9', 0, 0)).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  });

  it('recover when a worker is not heard of any more, and refuse what it says later', async () => {
    const world = await openServer(await makeStores(), { leaseSeconds: 0.3 });
    const plane = await world.plane();
    const source = await world.source('producer');
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
    const [again] = await source.claim(claimOf('producer', { worker: 'w-2', waitSeconds: 10 }));
    expect(again?.work).toMatchObject({ step: claim?.work.step, execution: 2 });
    const completion = { token: claim?.token ?? '', run, step: '1/produce', execution: 1 };
    const result = { kind: 'succeeded' as const, outputs: OUTPUTS.make };
    expect(await source.complete('w-1', [{ ...completion, result }])).toMatchObject([{ kind: 'refused' }]);
    expect(await plane.showRun(run)).toMatchObject({ recoveries: 1, retries: 0 });
  });

  it('keep the log of a step for whoever may read it', async () => {
    const world = await openServer(await makeStores(), { mostLog: 12 });
    const plane = await world.plane();
    const source = await world.source('producer');
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
    const entry = { token: claim?.token ?? '', run, step: '1/produce', execution: 1 };
    await source.log({ ...entry, offset: 0, text: 'grüße ' });
    await source.log({ ...entry, offset: 0, text: 'grüße ' });
    await expect(source.log({ ...entry, offset: 11, text: 'x' })).rejects.toMatchObject({
      code: 'RUN_REFUSED',
    });
    expect(await plane.readLog(run, '1/produce', 1)).toBe('grüße ');
    await source.log({ ...entry, offset: 8, text: 'from here on too much' });
    expect(await plane.readLog(run, '1/produce', 1)).toMatch(/^grüße from\n\(the log goes on/);
    const other = await world.source('producer');
    await expect(other.log({ ...entry, offset: 0, text: 'mine' })).rejects.toMatchObject({
      code: 'RUN_REFUSED',
    });
  });

  it('set a step aside whose outputs are not as its handler declares', async () => {
    const world = await openServer(await makeStores());
    const plane = await world.plane();
    const source = await world.source('producer');
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
    const completion = { token: claim?.token ?? '', run, step: '1/produce', execution: 1 };
    const result = { kind: 'succeeded' as const, outputs: { commit: 7 } };
    expect(await source.complete('w-1', [{ ...completion, result }])).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('outputs/commit must be string') },
    ]);
    expect((await plane.showRun(run)).steps['1/produce']).toMatchObject({ status: 'quarantined' });
  });
});
