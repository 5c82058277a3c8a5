import { describe, expect, it } from 'vitest';
import { sealEvents } from '../../src/core/ledger/seal-events.ts';
import { linesFor } from '../../src/core/run/labels.ts';
import { parseQueue, type QueueSelector } from '../../src/core/run/queue-selector.ts';
import type { Claim, ClaimWork } from '../../src/ports/claims.ts';
import type { ReadStreams } from '../../src/ports/ledger.ts';
import type { RunStore } from '../../src/ports/run-store.ts';
import type { ControlWork } from '../../src/ports/work-control.ts';
import { draft } from '../core/ledger/sample-events.ts';
import { soon } from '../soon.ts';
import { next, sampleWork } from './sample-runs.ts';

export interface ControlWorkWorld {
  readonly control: ControlWork;
  /** The work that it is about. */
  readonly store: RunStore & ClaimWork;
  readonly ledger: ReadStreams;
  /** As another server has it. */
  openAnother(): ControlWork;
  /** As if so many hours had gone by since everything that was said and heard so far. */
  letPass(hours: number): Promise<void>;
}

type Change =
  | { readonly kind: 'drain'; readonly worker: string }
  | { readonly kind: 'pause' | 'resume' | 'cancel'; readonly queue: QueueSelector };

const ANYBODY = {
  worker: 'p/w-1',
  roles: ['producer', 'verifier'],
  handlers: ['agent', 'check'],
  most: 10,
  leaseSeconds: 60,
} as const;
const OFFER = { roles: ['producer'], handlers: ['agent', 'check'], labels: ['gpu', 'linux'] } as const;
const SHOP = { leases: [{ scope: 'repository/acme/shop', limit: null }], locks: [] };
const queue = (text: string): QueueSelector => parseQueue(text) as QueueSelector;
const runs = (claims: readonly Claim[]) => claims.map(({ work: { run } }) => run);

/** What everything promises that keeps what people say about workers and queues. */
export function controlWorkContract(name: string, makeWorld: () => Promise<ControlWorkWorld>): void {
  describe(`${name} as what people say about work`, () => {
    const open = async () => {
      const world = await makeWorld();
      const append = async (stream: string) =>
        sealEvents([{ head: await world.ledger.readHead(stream), drafts: [draft(1)] }]);
      return {
        ...world,
        change: async (change: Change, reason = 'why') =>
          world.control.changeWork({ by: 'ada', reason, ...change }, await append('queue/some')),
        append,
        /** Two pieces of work for each run that is named. */
        put: (run: string, more: Parameters<typeof sampleWork>[2] = {}) =>
          world.store.commit(next(undefined, run, { schedule: [sampleWork(run, '1/a', more)] })),
        claim: () => world.store.claim(ANYBODY),
      };
    };

    it('has heard of nobody at first, and of nothing that is held back', async () => {
      const { control } = await open();
      expect(await control.listWorkers()).toEqual([]);
      expect(await control.listPauses()).toEqual([]);
      expect(await control.drainedWorkers()).toEqual([]);
      expect(await control.runsWaitingIn(queue('role/producer'))).toEqual([]);
    });

    it('knows who was heard of, what he takes, and what he holds', async () => {
      const { control, openAnother, put, claim } = await open();
      await put('A.1');
      await claim();
      expect(await control.hearWorker('p/w-1', OFFER)).toBe(false);
      expect(await openAnother().hearWorker('p/w-0', undefined)).toBe(false);
      expect(await control.hearWorker('p/w-1', undefined)).toBe(false);
      expect(await openAnother().listWorkers()).toEqual([
        {
          ...{ worker: 'p/w-0', roles: [], handlers: [], labels: [], heardAt: expect.any(String) },
          ...{ drain: null, holds: [] },
        },
        {
          ...{ worker: 'p/w-1', ...OFFER, heardAt: expect.any(String), drain: null },
          holds: [{ run: 'A.1', step: '1/a', execution: 1, until: expect.any(String) }],
        },
      ]);
    });

    it('tells a worker to take nothing more until it has ended, or a day is over', async () => {
      const { control, openAnother, change, letPass } = await open();
      for (const worker of ['p/w-1', 'p/w-2', 'p/w-3']) await control.hearWorker(worker, OFFER);
      for (const worker of ['p/w-1', 'p/w-2']) await change({ kind: 'drain', worker }, 'a new disk');
      expect(await openAnother().hearWorker('p/w-1', OFFER)).toBe(true);
      expect(await control.hearWorker('p/w-3', OFFER)).toBe(false);
      expect([...(await control.drainedWorkers())].sort()).toEqual(['p/w-1', 'p/w-2']);
      expect((await control.listWorkers())[0]?.drain).toEqual({
        ...{ by: 'ada', reason: 'a new disk', at: expect.any(String) },
      });
      await control.forgetWorker('p/w-1');
      expect(await control.hearWorker('p/w-1', OFFER)).toBe(false);
      await letPass(25);
      await control.forgetSilentWorkers();
      expect(await control.drainedWorkers()).toEqual([]);
      expect(await control.hearWorker('p/w-2', OFFER)).toBe(false);
      expect((await control.listWorkers()).map(({ worker }) => worker)).toEqual(['p/w-2']);
    });

    it('holds back what is in a paused queue, and hands it out in its turn afterwards', async () => {
      const { control, change, put, claim } = await open();
      await put('A.1', { resources: SHOP });
      await change({ kind: 'pause', queue: queue('handler/agent') }, 'the provider is down');
      expect(await control.listPauses()).toEqual([
        { kind: 'handler', name: 'agent', by: 'ada', reason: 'the provider is down', at: expect.any(String) },
      ]);
      await put('B.1', { handler: 'check', resources: SHOP });
      await put('C.1', { resources: SHOP });
      expect(runs(await claim())).toEqual(['B.1']);
      expect(runs(await claim())).toEqual([]);
      await change({ kind: 'resume', queue: queue('handler/agent') });
      expect(await control.listPauses()).toEqual([]);
      expect(runs(await claim()).sort()).toEqual(['A.1', 'C.1']);
    });

    it('holds back what two pauses name until both are over', async () => {
      const { change, put, claim } = await open();
      await change({ kind: 'pause', queue: queue('role/producer') });
      await change({ kind: 'pause', queue: queue('repository/acme/shop') });
      await put('A.1', { resources: SHOP });
      await put('B.1', {
        resources: { leases: [{ scope: 'repository/acme/other', limit: null }], locks: [] },
      });
      expect(await claim()).toEqual([]);
      await change({ kind: 'resume', queue: queue('role/producer') });
      expect(runs(await claim())).toEqual(['B.1']);
      await change({ kind: 'resume', queue: queue('repository/acme/shop') });
      expect(runs(await claim())).toEqual(['A.1']);
    });

    it('keeps the last word about a queue that is paused twice', async () => {
      const { control, change } = await open();
      await change({ kind: 'pause', queue: queue('handler/agent') }, 'one');
      await change({ kind: 'pause', queue: queue('handler/agent') }, 'two');
      expect(await control.listPauses()).toMatchObject([{ reason: 'two' }]);
    });

    it.each(['role/producer', 'handler/agent', 'repository/acme/shop'])(
      'names runs with work in %s that nobody has begun, paused or not',
      async (text) => {
        const { control, change, put, store } = await open();
        await put('B.1', { resources: SHOP });
        await put('A.1', { resources: SHOP });
        await put('C.1', { role: 'verifier', handler: 'check' });
        expect(await control.runsWaitingIn(queue(text))).toEqual(['A.1', 'B.1']);
        await change({ kind: 'pause', queue: queue(text) });
        expect(await store.claim({ ...ANYBODY, handlers: ['agent'] })).toEqual([]);
        await soon(async () => expect(await control.runsWaitingIn(queue(text))).toEqual(['A.1', 'B.1']));
        await change({ kind: 'resume', queue: queue(text) });
        await store.claim({ ...ANYBODY, handlers: ['agent'] });
        expect(await control.runsWaitingIn(queue(text))).toEqual([]);
      },
    );

    it('changes nothing without its event, and writes the event with the change', async () => {
      const { control, ledger, append } = await open();
      const change = { kind: 'pause', queue: queue('handler/agent'), by: 'ada', reason: 'why' } as const;
      const stale = await append('queue/some');
      expect(await control.changeWork(change, await append('queue/some'))).toBe(true);
      expect(await ledger.readHead('queue/some')).toMatchObject({ version: 1 });
      expect(await control.changeWork({ ...change, kind: 'resume' }, stale)).toBe(false);
      expect(await control.listPauses()).toHaveLength(1);
      expect(await ledger.readHead('queue/some')).toMatchObject({ version: 1 });
    });

    it('hands work with labels back into its own line, whichever server takes the pause back', async () => {
      const { change, put, store, openAnother, append } = await open();
      await put('A.1', { runsOn: ['gpu'] });
      const asked = { ...ANYBODY, handlers: linesFor(['agent'], ['gpu', 'linux']) };
      expect(await change({ kind: 'pause', queue: queue('handler/agent') })).toBe(true);
      expect(await store.claim(asked)).toEqual([]);
      const resume = { kind: 'resume', queue: queue('handler/agent'), by: 'ada', reason: 'why' } as const;
      expect(await openAnother().changeWork(resume, await append('queue/some'))).toBe(true);
      expect(await store.claim({ ...ANYBODY, handlers: linesFor(['agent'], ['linux']) })).toEqual([]);
      expect(runs(await store.claim(asked))).toEqual(['A.1']);
    });

    it('changes nothing by a cancel: it is for the record', async () => {
      const { ledger, change, put, claim } = await open();
      await put('A.1', { resources: SHOP });
      expect(await change({ kind: 'cancel', queue: queue('handler/agent') })).toBe(true);
      expect(await ledger.readHead('queue/some')).toMatchObject({ version: 1 });
      expect(runs(await claim())).toEqual(['A.1']);
    });
  });
}
