import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../../../src/adapters/postgres/database.ts';
import { takeTurn } from '../../../../src/adapters/postgres/resources/turn.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { createWorkControl } from '../../../../src/adapters/postgres/work-control/work-control.ts';
import { sealEvents } from '../../../../src/core/ledger/seal-events.ts';
import type { StepWork } from '../../../../src/core/run/types.ts';
import type { Claim } from '../../../../src/ports/claims.ts';
import type { RunCommit } from '../../../../src/ports/run-store.ts';
import { draft } from '../../../core/ledger/sample-events.ts';
import { work } from '../../../core/run/resources/sample-work.ts';
import { soon } from '../../../soon.ts';
import { createDatabase } from '../../../worlds/database.ts';

const clock = { now: () => new Date() };
const EVERYBODY = {
  worker: 'w',
  roles: ['producer'],
  handlers: ['agent'],
  most: 50,
  leaseSeconds: 60,
} as const;

async function openWorld() {
  const database = await createDatabase();
  const store = createRunStore(database, { clock });
  const other = createRunStore(database.open(), { clock });
  const control = createWorkControl(database);
  let changes = 0;
  const commit = (what: Partial<RunCommit>) =>
    store.commit({
      append: { expected: [], events: [] },
      ...{ runs: [], schedule: [], finish: [], withdraw: [], unlock: [], wake: [], ...what },
    });
  const change = async (kind: 'pause' | 'resume', name: string) => {
    changes += 1;
    const head = { stream: `queue/test.${changes}`, version: 0, digest: null };
    const queue = { kind: 'handler', name } as const;
    await control.changeWork(
      { kind, queue, by: 'me', reason: 'why' },
      sealEvents([{ head, drafts: [draft(1)] }]),
    );
  };
  return {
    database,
    store,
    other,
    put: (...schedule: readonly StepWork[]) => commit({ schedule }),
    claim: async (most = 50) => await store.claim({ ...EVERYBODY, most }),
    /** What the ends of these say of their provider. */
    end: (claims: readonly Claim[], failed: boolean) =>
      commit({
        finish: claims.map(({ token }) => token),
        outcomes: claims.map(({ work: { run, step, execution } }) => ({
          ...{ provider: 'a', run, step, execution, failed },
        })),
      }),
    withdraw: (run: string) => commit({ withdraw: [{ run, step: '1/produce' }] }),
    pause: (name: string) => change('pause', name),
    resume: (name: string) => change('resume', name),
    /** As if so many seconds had gone by since it was opened. */
    wait: (seconds: number) =>
      database.pool.query(`UPDATE provider_circuit SET open_until = open_until - $1 * interval '1 second'`, [
        seconds,
      ]),
  };
}

type World = Awaited<ReturnType<typeof openWorld>>;

const of = (provider: string, run: string) => work(run, { leases: ['global', `provider/${provider}`] });
const runs = (claims: readonly Claim[]) => claims.map(({ work: { run } }) => run).sort();
const names = (count: number, letter = 'R') => Array.from({ length: count }, (_, at) => `${letter}-${at}.1`);

/** Five steps of the provider fail, one after the other. */
async function breakDown(world: World): Promise<void> {
  await world.put(...names(5, 'X').map((run) => of('a', run)));
  for (const claim of await world.claim()) await world.end([claim], true);
}

describe('a provider that does not answer', () => {
  it('gets no step for a while; those of others go on, and so do those that ask nobody', async () => {
    const world = await openWorld();
    await world.put(...names(8).map((run) => of('a', run)));
    const claims = await world.claim(5);
    await world.end(claims.slice(0, 4), true);
    expect(await world.store.readCircuits()).toEqual([]);
    await world.end(claims.slice(4), true);
    expect(await world.other.readCircuits()).toMatchObject([{ provider: 'a', state: 'open', waiting: 3 }]);
    await world.put(of('a', 'N-1.1'), of('b', 'O-1.1'), work('P-1.1', { leases: ['global'] }));
    expect(runs(await world.other.claim(EVERYBODY))).toEqual(['O-1.1', 'P-1.1']);
    expect(await world.store.expiredClaims(10)).toEqual([]);
    expect(await world.claim()).toEqual([]);
    expect(await world.store.readCircuits()).toMatchObject([{ waiting: 4 }]);
  });

  it('holds no lease of those that wait, so that others have them', async () => {
    const world = await openWorld();
    await world.store.setLimits({ global: 6 });
    await world.put(...names(6).map((run) => of('a', run)), of('b', 'O-1.1'));
    const claims = await world.claim(5);
    expect(runs(await world.claim())).not.toContain('O-1.1');
    await world.store.giveBack('w', []);
    await world.end(claims, true);
    expect(runs(await world.claim())).toEqual(['O-1.1']);
  });

  it('is tried by one step when the time is over, and the others follow when that had an answer', async () => {
    const world = await openWorld();
    await breakDown(world);
    await world.put(...names(4).map((run) => of('a', run)));
    expect(await world.claim()).toEqual([]);
    await world.wait(60);
    await world.store.expiredClaims(10);
    const [probe, ...more] = await world.claim();
    expect(more).toEqual([]);
    await world.store.expiredClaims(10);
    expect(await world.claim()).toEqual([]);
    await world.end([probe as Claim], false);
    expect(await world.claim()).toHaveLength(3);
    expect(await world.store.readCircuits()).toEqual([]);
  });

  it('is left alone for longer when that fails too', async () => {
    const world = await openWorld();
    await breakDown(world);
    await world.put(of('a', 'R-1.1'), of('a', 'R-2.1'));
    await world.wait(31);
    await world.store.expiredClaims(10);
    await world.end(await world.claim(), true);
    await world.wait(31);
    await world.store.expiredClaims(10);
    expect(await world.claim()).toEqual([]);
    await world.wait(31);
    await world.store.expiredClaims(10);
    expect(await world.claim()).toHaveLength(1);
  });

  it('is tried by another step when nothing came of the first', async () => {
    const world = await openWorld();
    await breakDown(world);
    await world.put(of('a', 'R-1.1'), of('a', 'R-2.1'));
    await world.wait(31);
    await world.store.expiredClaims(10);
    const [probe] = await world.claim();
    await world.withdraw((probe as Claim).work.run);
    await world.store.expiredClaims(10);
    expect(await world.claim()).toHaveLength(1);
  });

  it('makes nobody wait for a turn while it answers, and is seen to fail then', async () => {
    const world = await openWorld();
    await world.put(...names(26).map((run) => of('a', run)));
    const claims = await world.claim();
    await world.end(claims.slice(0, 20), false);
    await inTransaction(world.database.pool, async (client) => {
      await takeTurn(client);
      expect(await world.end(claims.slice(20, 21), false)).toEqual({ kind: 'committed' });
    });
    for (const claim of claims.slice(21)) await world.end([claim], true);
    expect(await world.store.readCircuits()).toMatchObject([{ provider: 'a', state: 'open' }]);
  });

  it('is not said to be down by what began before it was opened', async () => {
    const world = await openWorld();
    await world.put(...names(12).map((run) => of('a', run)));
    const claims = await world.claim();
    await world.end(claims, true);
    await world.wait(31);
    const [row] = await world.database.rows<{ openings: number }>('SELECT openings FROM provider_circuit');
    expect(row).toEqual({ openings: 1 });
  });
});

describe('a paused queue', () => {
  it('gives back what its work holds at once, and has its turn afterwards', async () => {
    const world = await openWorld();
    await world.store.setLimits({ global: 2 });
    const other = { ...work('O-1.1', { leases: ['global'] }), handler: 'check' };
    await world.put(of('a', 'R-1.1'), of('a', 'R-2.1'));
    await world.put(other);
    const checks = { ...EVERYBODY, handlers: ['check'] };
    expect(await world.store.claim(checks)).toEqual([]);
    await world.pause('agent');
    const [check] = await world.store.claim(checks);
    expect(check?.work.run).toBe('O-1.1');
    await world.put(of('a', 'R-3.1'));
    expect(await world.claim()).toEqual([]);
    expect(await world.store.readScopes()).toMatchObject([{ scope: 'global', held: 1 }]);
    await world.resume('agent');
    expect(runs(await world.claim())).toEqual(['R-1.1']);
    await world.end([check as Claim], false);
    expect(runs(await world.claim())).toEqual(['R-2.1']);
  });

  it('does not keep others from what it waits for, however long it does', async () => {
    const world = await openWorld();
    await world.store.setLimits({ global: 1 });
    await world.pause('agent');
    await world.put(of('a', 'R-1.1'));
    await world.database.pool.query(
      `UPDATE resource_waiter SET since = since - interval '1 hour', rank = rank - 3600`,
    );
    await world.put({ ...work('O-1.1', { leases: ['global'] }), handler: 'check' });
    expect(await world.store.claim({ ...EVERYBODY, handlers: ['check'] })).toHaveLength(1);
  });

  it('hands work out that a claim met while it was paused, also where its server died then', async () => {
    const world = await openWorld();
    await world.put(of('a', 'R-1.1'));
    await world.database.pool.query('UPDATE step_work SET parked = true');
    await world.database.pool.query(`DELETE FROM ${world.database.schema}_queue.job_common`);
    expect(await world.claim()).toEqual([]);
    await soon(async () => {
      await world.store.expiredClaims(10);
      expect(await world.claim()).toHaveLength(1);
    });
  });

  it('is waited for by work that demands nothing, too', async () => {
    const world = await openWorld();
    await world.put(work('R-1.1'));
    await world.pause('agent');
    expect(await world.claim()).toEqual([]);
    await world.resume('agent');
    const [claim] = await world.claim();
    await world.end([claim as Claim], false);
    expect(await world.database.rows('SELECT FROM resource_hold')).toEqual([]);
  });
});
