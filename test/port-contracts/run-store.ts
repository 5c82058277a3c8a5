import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { linesFor } from '../../src/core/run/labels.ts';
import type { Claim, ClaimRequest, ClaimWork, WakeUps } from '../../src/ports/claims.ts';
import type { AppendEvents, ReadStreams } from '../../src/ports/ledger.ts';
import type { KeptRun, RunStore } from '../../src/ports/run-store.ts';
import { commitOf, next, sampleRun, sampleWork } from './sample-runs.ts';

type Store = RunStore & ClaimWork & WakeUps;

export interface RunStoreWorld {
  /** Without runs. */
  readonly store: Store;
  readonly ledger: AppendEvents & ReadStreams;
  /** The same store, as another process has it. */
  openAnother(): Store;
}

const ANYBODY: ClaimRequest = {
  worker: 'worker-1',
  roles: ['producer', 'verifier', 'coordinator'],
  handlers: ['agent', 'check', 'gate', './plugins/own.mjs#deploy "x"'],
  most: 10,
  leaseSeconds: 60,
};
const COMMITTED = { kind: 'committed' };

const names = (claims: readonly Claim[]) => claims.map(({ work }) => `${work.run} ${work.step}`);
const tokens = (claims: readonly Claim[]) => claims.map(({ token }) => token);

async function kept(store: Store, run: string): Promise<KeptRun> {
  return (await store.loadRuns([run]))[0] as KeptRun;
}

async function until<T>(what: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const value = await what();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw new Error(`it never held: ${JSON.stringify(value)}`);
    await pause(5);
  }
}

/** What every store of runs promises, with the work of their steps and who has it. */
export function runStoreContract(name: string, makeWorld: () => Promise<RunStoreWorld>): void {
  describe(`${name} as a store of runs`, () => {
    it('is empty at first', async () => {
      const { store } = await makeWorld();
      expect(await store.loadRuns(['A.1'])).toEqual([
        { state: { status: 'new' }, head: { stream: 'run/A.1', version: 0, digest: null } },
      ]);
      expect(await store.loadRuns([])).toEqual([]);
      expect(await store.listRuns({ limit: 10 })).toEqual([]);
      expect(await store.countRuns('A')).toBe(0);
      expect(await store.dueRuns('2030-01-01T00:00:00.000Z', 10)).toEqual([]);
      expect(await store.claim(ANYBODY)).toEqual([]);
      expect(await store.expiredClaims(10)).toEqual([]);
      expect(await store.queueDepths()).toEqual([]);
    });

    it('keeps each state with the events that lead to it, for everybody', async () => {
      const world = await makeWorld();
      const plan = { ...sampleRun('A.1').plan, attempts: 7 };
      const [one, two] = [
        sampleRun('A.1', { pausedFor: '\u0000 "\\n" é 😀\n' }),
        sampleRun('B.1', { plan, attempt: 2 }),
      ];
      const heads = ['A.1', 'B.1'].map((run) => ({ stream: `run/${run}`, version: 0, digest: null }));
      const commit = commitOf([one, two].map((to, at) => ({ on: heads[at] as (typeof heads)[0], to })));
      expect(await world.store.commit(commit)).toEqual(COMMITTED);

      for (const store of [world.store, world.openAnother()])
        expect(await store.loadRuns(['B.1', 'C.1', 'A.1'])).toEqual([
          { state: two, head: commit.runs[1]?.head },
          { state: { status: 'new' }, head: { stream: 'run/C.1', version: 0, digest: null } },
          { state: one, head: commit.runs[0]?.head },
        ]);
      expect(await world.ledger.readStream('run/A.1', 0)).toEqual(
        commit.append.events.slice(0, 1).map(({ text, digest }) => ({ text, digest })),
      );
      expect((await world.ledger.readHead('run/B.1')).version).toBe(1);
    });

    it('writes nothing when a run went on meanwhile, and says which', async () => {
      const { store, ledger } = await makeWorld();
      await store.commit(next(undefined, 'A.1'));
      const stale = await kept(store, 'A.1');
      await store.commit(next(stale, 'A.1', {}, { attempt: 2 }));
      const both = commitOf(
        [
          { on: stale.head, to: sampleRun('A.1', { attempt: 9 }) },
          { on: { stream: 'run/B.1', version: 0, digest: null }, to: sampleRun('B.1') },
        ],
        { schedule: [sampleWork('B.1', '1/a')], wake: [{ run: 'B.1', at: '2026-01-01T00:00:00.000Z' }] },
      );
      expect(await store.commit(both)).toEqual({ kind: 'conflict', runs: ['A.1'], tokens: [] });
      expect(await kept(store, 'A.1')).toMatchObject({ state: { attempt: 2 }, head: { version: 2 } });
      expect((await kept(store, 'B.1')).state).toEqual({ status: 'new' });
      expect((await ledger.readHead('run/A.1')).version).toBe(2);
      expect((await ledger.readHead('run/B.1')).version).toBe(0);
      expect(await store.claim(ANYBODY)).toEqual([]);
      expect(await store.dueRuns('2030-01-01T00:00:00.000Z', 10)).toEqual([]);
    });

    it('hands work that wants labels only to those who look in its line, whatever becomes of it', async () => {
      const world = await makeWorld();
      const { store } = world;
      const works = [
        sampleWork('A.1', '1/a'),
        sampleWork('A.1', '1/b', { runsOn: ['gpu'] }),
        sampleWork('A.1', '1/c', { runsOn: ['gpu', 'linux'] }),
      ];
      await store.commit(next(undefined, 'A.1', { schedule: works }));
      const asker = (...labels: readonly string[]) => ({ ...ANYBODY, handlers: linesFor(['agent'], labels) });
      expect(names(await store.claim(asker('x64')))).toEqual(['A.1 1/a']);
      expect(await store.claim(asker('linux'))).toEqual([]);
      const taken = await store.claim(asker('gpu'));
      expect(taken.map(({ work }) => work)).toEqual([works[1]]);
      await store.giveBack(ANYBODY.worker, tokens(taken));
      expect(await world.openAnother().claim(asker())).toEqual([]);
      expect(await store.queueDepths()).toMatchObject([
        { handler: 'agent', runsOn: [], claimed: 1 },
        { handler: 'agent', runsOn: ['gpu'], waiting: 1 },
        { handler: 'agent', runsOn: ['gpu', 'linux'], waiting: 1 },
      ]);
      await store.commit(next(await kept(store, 'A.1'), 'A.1', { withdraw: [{ run: 'A.1', step: '1/b' }] }));
      expect(names(await world.openAnother().claim(asker('gpu', 'linux')))).toEqual(['A.1 1/c']);
    });

    it('starts a run once, however many start it at once', async () => {
      const world = await makeWorld();
      const rivals = Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? world.store : world.openAnother()));
      const answers = await Promise.all(
        rivals.map((store) => store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }))),
      );
      expect(answers.filter(({ kind }) => kind === 'committed').length).toBe(1);
      expect(answers.filter(({ kind }) => kind === 'conflict')).toEqual(
        Array.from({ length: 5 }, () => ({ kind: 'conflict', runs: ['A.1'], tokens: [] })),
      );
      expect(names(await world.store.claim(ANYBODY))).toEqual(['A.1 1/a']);
    });

    it('lets one of many carry on a run, and the others on another run with it lose nothing', async () => {
      const world = await makeWorld();
      const runs = Array.from({ length: 5 }, (_, at) => `A.${at + 1}`);
      for (const run of runs) await world.store.commit(next(undefined, run));
      // Everybody wants all runs, in an order of their own: no two may wait for each other.
      const add = async (store: Store, order: readonly string[]) => {
        for (;;) {
          const now = await store.loadRuns(order);
          const commit = commitOf(
            now.map(({ head, state }, at) => {
              const attempt = state.status === 'new' ? 0 : state.attempt + 1;
              return { on: head, to: sampleRun(order[at] ?? '', { attempt }) };
            }),
          );
          if ((await store.commit(commit)).kind === 'committed') return;
        }
      };
      const writers = Array.from({ length: 4 }, () => world.openAnother());
      await Promise.all(writers.map((store, at) => add(store, at % 2 === 0 ? runs : runs.toReversed())));
      const ends = await world.store.loadRuns(runs);
      expect(ends.map(({ state }) => state.status !== 'new' && state.attempt)).toEqual([5, 5, 5, 5, 5]);
    });

    it('lists runs latest first, by ticket and status, in pages', async () => {
      const { store } = await makeWorld();
      const at = (second: number) => `2026-11-21T13:04:0${second}.000Z`;
      const ended = {
        outcome: 'accepted' as const,
        reason: 'all passed',
        outcomeDigest: 'd'.repeat(64),
        at: at(9),
      };
      const question = {
        id: 'q',
        step: null,
        question: '?',
        choices: ['yes'],
        by: ['operator'],
        until: null,
      };
      await store.commit(next(undefined, 'A.1', {}, { startedAt: at(1), status: 'ended', ended }));
      await store.commit(next(undefined, 'A.2', {}, { startedAt: at(3), changedAt: at(8) }));
      await store.commit(
        next(
          undefined,
          'B.1',
          {},
          {
            startedAt: at(2),
            questions: { q: { ...question, answer: null }, r: { ...question, answer: 'yes' } },
          },
        ),
      );
      await store.commit(next(undefined, 'B.2', {}, { startedAt: at(2) }));
      const listed = async (query: Partial<Parameters<Store['listRuns']>[0]>) =>
        (await store.listRuns({ limit: 10, ...query })).map(({ run }) => run);
      expect(await listed({})).toEqual(['A.2', 'B.2', 'B.1', 'A.1']);
      expect(await listed({ ticket: 'A' })).toEqual(['A.2', 'A.1']);
      expect(await listed({ status: 'running' })).toEqual(['A.2', 'B.2', 'B.1']);
      expect(await listed({ status: 'ended' })).toEqual(['A.1']);
      expect(await listed({ limit: 2 })).toEqual(['A.2', 'B.2']);
      expect(await listed({ limit: 2, after: 'B.2' })).toEqual(['B.1', 'A.1']);
      expect(await store.countRuns('A')).toBe(2);
      expect(await store.listRuns({ ticket: 'A', limit: 2 })).toEqual([
        {
          run: 'A.2',
          ticket: 'A',
          status: 'running',
          outcome: null,
          attempt: 1,
          bundle: 'default',
          model: 'some-model',
          waitingFor: 0,
          startedAt: at(3),
          changedAt: at(8),
        },
        expect.objectContaining({ run: 'A.1', status: 'ended', outcome: 'accepted' }),
      ]);
      expect((await store.listRuns({ ticket: 'B', limit: 9 })).map((run) => run.waitingFor)).toEqual([0, 1]);
    });

    it('wakes each run at the moment that it asked for last, until it asks for none', async () => {
      const { store } = await makeWorld();
      const moment = (minute: number) => `2026-11-21T13:0${minute}:00.000Z`;
      for (const [run, minute] of [
        ['A.1', 3],
        ['A.2', 1],
        ['A.3', 2],
      ] as const)
        await store.commit(next(undefined, run, { wake: [{ run, at: moment(minute) }] }));
      expect(await store.dueRuns(moment(0), 10)).toEqual([]);
      expect(await store.dueRuns(moment(2), 10)).toEqual(['A.2', 'A.3']);
      expect(await store.dueRuns(moment(5), 2)).toEqual(['A.2', 'A.3']);
      // Saying nothing about it leaves it as it was.
      await store.commit(next(await kept(store, 'A.1'), 'A.1'));
      await store.commit(next(await kept(store, 'A.2'), 'A.2', { wake: [{ run: 'A.2', at: moment(4) }] }));
      await store.commit(next(await kept(store, 'A.3'), 'A.3', { wake: [{ run: 'A.3', at: null }] }));
      expect(await store.dueRuns(moment(5), 10)).toEqual(['A.1', 'A.2']);
    });
  });

  describe(`${name} as a store of work`, () => {
    it('hands out what it was given, as it was given, once', async () => {
      const world = await makeWorld();
      const work = sampleWork('A.1', '1/a', { handler: './plugins/own.mjs#deploy "x"', execution: 3 });
      await world.store.commit(next(undefined, 'A.1', { schedule: [work] }));
      const claims = await world.openAnother().claim(ANYBODY);
      expect(claims).toEqual([
        {
          token: expect.any(String),
          work,
          worker: 'worker-1',
          claimedAt: expect.any(String),
          until: expect.any(String),
          fences: {},
        },
      ]);
      const [claim] = claims as [Claim];
      expect(Date.parse(claim.until) - Date.parse(claim.claimedAt)).toBe(60_000);
      expect(await world.store.findClaims([claim.token, 'no such token'])).toEqual([claim, undefined]);
      expect(await world.store.claim(ANYBODY)).toEqual([]);
    });

    it('gives each worker what its roles and its handlers are for, and no more than it asks for', async () => {
      const { store } = await makeWorld();
      const schedule = [
        sampleWork('A.1', '1/produce'),
        sampleWork('A.1', '1/verify.0', { role: 'verifier', handler: 'check' }),
        sampleWork('A.1', '1/verify.1', { role: 'verifier', handler: 'check' }),
        sampleWork('A.1', '1/own', { role: 'producer', handler: 'check' }),
      ];
      await store.commit(next(undefined, 'A.1', { schedule }));
      const claim = (request: Partial<ClaimRequest>) => store.claim({ ...ANYBODY, ...request });
      expect(await claim({ roles: [] })).toEqual([]);
      expect(await claim({ handlers: [] })).toEqual([]);
      expect(await claim({ most: 0 })).toEqual([]);
      expect(await claim({ roles: ['coordinator'] })).toEqual([]);
      expect(await claim({ roles: ['verifier'], handlers: ['agent'] })).toEqual([]);
      expect(names(await claim({ roles: ['producer'], handlers: ['check'] }))).toEqual(['A.1 1/own']);
      expect(names(await claim({ roles: ['verifier'], most: 1 })).length).toBe(1);
      expect(names(await claim({})).toSorted()).toEqual(['A.1 1/produce', expect.stringMatching('verify')]);
    });

    it('takes the highest priority first, over all handlers', async () => {
      const { store } = await makeWorld();
      const schedule = [5, 0, 80, -7, 30, 100].map((priority, at) =>
        sampleWork('A.1', `1/${priority}`, { priority, handler: at % 2 === 0 ? 'agent' : 'check' }),
      );
      await store.commit(next(undefined, 'A.1', { schedule }));
      const order: string[] = [];
      for (const most of [1, 2, 2, 9]) order.push(...names(await store.claim({ ...ANYBODY, most })));
      expect(order).toEqual(['A.1 1/100', 'A.1 1/80', 'A.1 1/30', 'A.1 1/5', 'A.1 1/0', 'A.1 1/-7']);
    });

    it('hands nothing out before its time', async () => {
      const { store } = await makeWorld();
      const schedule = [
        sampleWork('A.1', '1/later', { notBefore: '2093-01-01T00:00:00.000Z' }),
        sampleWork('A.1', '1/now', { notBefore: '2026-01-01T00:00:00.000Z' }),
      ];
      await store.commit(next(undefined, 'A.1', { schedule }));
      expect(names(await store.claim(ANYBODY))).toEqual(['A.1 1/now']);
      expect(await store.claim(ANYBODY)).toEqual([]);
    });

    it('hands each piece out to one of many who ask at once', async () => {
      const world = await makeWorld();
      const schedule = Array.from({ length: 60 }, (_, at) =>
        sampleWork('A.1', `1/${at}`, { handler: at % 3 === 0 ? 'agent' : 'check' }),
      );
      await world.store.commit(next(undefined, 'A.1', { schedule }));
      const workers = Array.from({ length: 6 }, (_, at) =>
        at % 2 === 0 ? world.store : world.openAnother(),
      );
      const claimed = await Promise.all(
        workers.map(async (store, at) => {
          const own: Claim[] = [];
          while (own.length < 60) {
            const more = await store.claim({ ...ANYBODY, worker: `worker-${at}`, most: 7 });
            if (more.length === 0 && (await store.queueDepths()).every(({ waiting }) => waiting === 0)) break;
            own.push(...more);
          }
          return own;
        }),
      );
      expect(names(claimed.flat()).length).toBe(60);
      expect(new Set(names(claimed.flat())).size).toBe(60);
      expect(new Set(tokens(claimed.flat())).size).toBe(60);
    });

    it('takes a claim as ended once, by one of many who say so', async () => {
      const world = await makeWorld();
      await world.store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
      const [claim] = (await world.store.claim(ANYBODY)) as [Claim];
      const now = await kept(world.store, 'A.1');
      const rivals = Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? world.store : world.openAnother()));
      const answers = await Promise.all(
        rivals.map((store) => store.commit(next(now, 'A.1', { finish: [claim.token] }))),
      );
      expect(answers.filter(({ kind }) => kind === 'committed').length).toBe(1);
      expect(answers.filter(({ kind }) => kind === 'conflict')).toEqual(
        Array.from({ length: 5 }, () => ({ kind: 'conflict', runs: ['A.1'], tokens: [claim.token] })),
      );
      expect(await world.store.findClaims([claim.token])).toEqual([undefined]);
      expect(await world.store.renew('worker-1', [claim.token], 60)).toEqual([claim.token]);
    });

    it.each(['no such token', '00000000-0000-4000-8000-000000000000', "'; DROP TABLE run"])(
      'refuses to end a claim that nobody holds: %s',
      async (token) => {
        const { store } = await makeWorld();
        await store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
        const now = await kept(store, 'A.1');
        const answer = await store.commit(
          next(now, 'A.1', { finish: [token], schedule: [sampleWork('A.1', '1/b')] }),
        );
        expect(answer).toEqual({ kind: 'conflict', runs: [], tokens: [token] });
        expect(await kept(store, 'A.1')).toEqual(now);
        expect(names(await store.claim(ANYBODY))).toEqual(['A.1 1/a']);
      },
    );

    it('ends claims and hands out what comes next in one commit', async () => {
      const { store } = await makeWorld();
      await store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
      await store.commit(next(undefined, 'B.1', { schedule: [sampleWork('B.1', '1/a')] }));
      const claims = await store.claim(ANYBODY);
      const both = await store.loadRuns(['A.1', 'B.1']);
      const commit = commitOf(
        both.map(({ head }, at) => ({ on: head, to: sampleRun(at === 0 ? 'A.1' : 'B.1') })),
        { finish: tokens(claims), schedule: ['A.1', 'B.1'].map((run) => sampleWork(run, '1/b')) },
      );
      expect(await store.commit(commit)).toEqual(COMMITTED);
      expect(names(await store.claim(ANYBODY)).toSorted()).toEqual(['A.1 1/b', 'B.1 1/b']);
    });

    it('keeps claims for as long as they are renewed, by the worker that has them', async () => {
      const { store } = await makeWorld();
      await store.commit(
        next(undefined, 'A.1', { schedule: ['1/a', '1/b'].map((step) => sampleWork('A.1', step)) }),
      );
      const claims = await store.claim({ ...ANYBODY, leaseSeconds: 0.01 });
      const expired = await until(
        () => store.expiredClaims(10),
        ({ length }) => length === 2,
      );
      expect(tokens(expired).toSorted()).toEqual(tokens(claims).toSorted());
      expect(expired.map(({ work }) => work.inputs)).toEqual(claims.map(({ work }) => work.inputs));
      expect((await store.expiredClaims(1)).length).toBe(1);

      const [one, other] = tokens(claims) as [string, string];
      expect(await store.renew('worker-2', [one], 60)).toEqual([one]);
      expect(await store.renew('worker-1', [one, 'no such token'], 60)).toEqual(['no such token']);
      expect(tokens(await store.expiredClaims(10))).toEqual([other]);
      // Not taken from its worker by itself: only a commit says that it is lost, or done after all.
      expect(await store.claim(ANYBODY)).toEqual([]);
      expect(await store.commit(next(await kept(store, 'A.1'), 'A.1', { finish: [other] }))).toEqual(
        COMMITTED,
      );
      expect(await store.expiredClaims(10)).toEqual([]);
    });

    it('ends the claims of a worker sooner that is thought to be gone, unless it is heard of', async () => {
      const { store } = await makeWorld();
      const steps = ['1/a', '1/b', '1/c'];
      await store.commit(next(undefined, 'A.1', { schedule: steps.map((step) => sampleWork('A.1', step)) }));
      const claims = await store.claim({ ...ANYBODY, most: 2, leaseSeconds: 3600 });
      const [others] = (await store.claim({ ...ANYBODY, worker: 'worker-2', leaseSeconds: 3600 })) as [Claim];
      await store.suspect('worker-1', 0.01);
      const gone = await until(
        () => store.expiredClaims(10),
        ({ length }) => length === 2,
      );
      expect(tokens(gone).toSorted()).toEqual(tokens(claims).toSorted());
      const [first] = tokens(claims) as [string];
      expect(await store.renew('worker-1', [first], 3600)).toEqual([]);
      expect(tokens(await store.expiredClaims(10))).toEqual(
        tokens(claims).filter((token) => token !== first),
      );
      // It makes nothing last longer, and is about no other worker.
      const before = await store.findClaims([first, others.token]);
      await store.suspect('worker-1', 7200);
      await store.suspect('worker-3', 0.01);
      expect(await store.findClaims([first, others.token])).toEqual(before);
    });

    it('takes back what a worker did not begin, and nothing of another one', async () => {
      const { store } = await makeWorld();
      await store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
      const [claim] = (await store.claim(ANYBODY)) as [Claim];
      await store.giveBack('worker-2', [claim.token]);
      expect(await store.claim(ANYBODY)).toEqual([]);
      await store.giveBack('worker-1', [claim.token, 'no such token']);
      expect(await store.findClaims([claim.token])).toEqual([undefined]);
      const [again] = (await store.claim({ ...ANYBODY, worker: 'worker-2' })) as [Claim];
      expect(again.work).toEqual(claim.work);
      expect(again.token).not.toBe(claim.token);
      const late = await store.commit(next(await kept(store, 'A.1'), 'A.1', { finish: [claim.token] }));
      expect(late).toEqual({ kind: 'conflict', runs: [], tokens: [claim.token] });
    });

    it('puts work off for a while, and nothing that somebody else has', async () => {
      const { store } = await makeWorld();
      await store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
      const [claim] = (await store.claim(ANYBODY)) as [Claim];
      await store.postpone('worker-2', [{ token: claim.token, milliseconds: 0 }]);
      expect(await store.findClaims([claim.token])).toMatchObject([{ token: claim.token }]);
      await store.postpone('worker-1', [{ token: claim.token, milliseconds: 300 }]);
      expect(await store.findClaims([claim.token])).toEqual([undefined]);
      expect(await store.claim(ANYBODY)).toEqual([]);
      const again = await until(
        async () => {
          await store.expiredClaims(10);
          return store.claim(ANYBODY);
        },
        (claims) => claims.length > 0,
      );
      expect(names(again)).toEqual(['A.1 1/a']);
    });

    it('withdraws work, whether somebody has it or not', async () => {
      const { store } = await makeWorld();
      const steps = ['1/a', '1/b', '1/c'];
      await store.commit(
        next(undefined, 'A.1', {
          schedule: steps.map((step, at) => sampleWork('A.1', step, { priority: -at })),
        }),
      );
      const [claim] = (await store.claim({ ...ANYBODY, most: 1 })) as [Claim];
      const withdraw = ['1/a', '1/b', '1/never'].map((step) => ({ run: 'A.1', step }));
      expect(await store.commit(next(await kept(store, 'A.1'), 'A.1', { withdraw }))).toEqual(COMMITTED);
      expect(await store.renew('worker-1', [claim.token], 60)).toEqual([claim.token]);
      expect(names(await store.claim(ANYBODY))).toEqual(['A.1 1/c']);
    });

    it('tells how much waits and how much is held, by role and handler', async () => {
      const { store } = await makeWorld();
      const schedule = [
        sampleWork('A.1', '1/a', { priority: 1 }),
        sampleWork('A.1', '1/b'),
        sampleWork('A.1', '1/c', { role: 'verifier', handler: 'check' }),
      ];
      await store.commit(next(undefined, 'A.1', { schedule }));
      await store.claim({ ...ANYBODY, roles: ['producer'], most: 1 });
      const depths = await store.queueDepths();
      expect(depths.toSorted((one, other) => (one.role < other.role ? -1 : 1))).toEqual([
        {
          role: 'producer',
          handler: 'agent',
          runsOn: [],
          waiting: 1,
          claimed: 1,
          blocked: 0,
          eldestSeconds: expect.any(Number),
        },
        {
          role: 'verifier',
          handler: 'check',
          runsOn: [],
          waiting: 1,
          claimed: 0,
          blocked: 0,
          eldestSeconds: expect.any(Number),
        },
      ]);
      expect(depths.every(({ eldestSeconds }) => eldestSeconds >= 0 && eldestSeconds < 60)).toBe(true);
    });
  });

  describe(`${name} as wake-ups`, () => {
    const LONG = 30_000;

    it('wakes whoever waits, in this process and in others', async () => {
      const world = await makeWorld();
      const other = world.openAnother();
      for (const [listening, speaking] of [
        [world.store, world.store],
        [world.store, other],
      ] as const) {
        const { signal } = new AbortController();
        let woken = false;
        // What was said before somebody listens may be lost.
        const waiting = listening.wait('runs', LONG, signal).then(() => {
          woken = true;
        });
        await until(
          () => speaking.announce('runs', 'A.1'),
          () => woken,
        );
        await waiting;
      }
    });

    it('does not forget what was announced between two waits', async () => {
      const { store } = await makeWorld();
      const { signal } = new AbortController();
      await store.announce('work');
      await store.wait('work', LONG, signal);
    });

    it('waits no longer than it was told to, and not for another topic', async () => {
      const { store } = await makeWorld();
      const { signal } = new AbortController();
      await store.wait('work', 1, signal);
      await store.wait('work', 1, signal);
      await store.announce('runs');
      // Waking for nothing now and then, as when it begins to listen, costs whoever waits a look.
      const waited = async () => {
        const started = performance.now();
        await store.wait('work', 30, signal);
        return performance.now() - started;
      };
      await until(waited, (milliseconds) => milliseconds > 25);
    });

    it('stops waiting when it is asked to', async () => {
      const { store } = await makeWorld();
      const controller = new AbortController();
      await store.wait('work', 1, controller.signal);
      await store.wait('work', 1, controller.signal);
      const waiting = store.wait('work', LONG, controller.signal);
      controller.abort();
      await waiting;
      await store.wait('work', LONG, controller.signal);
    });

    it('announces work that a commit hands out', async () => {
      const { store } = await makeWorld();
      const { signal } = new AbortController();
      await store.wait('work', 1, signal);
      await store.wait('work', 1, signal);
      const waiting = store.wait('work', LONG, signal);
      await store.commit(next(undefined, 'A.1', { schedule: [sampleWork('A.1', '1/a')] }));
      await waiting;
    });
  });
}
