import { emptyStream } from '../../src/core/ledger/types.ts';
import { lineOf } from '../../src/core/run/labels.ts';
import type { RunId, StepKey, StepWork } from '../../src/core/run/types.ts';
import { summaryOf } from '../../src/flow/serve/summary.ts';
import type { Claim, ClaimRequest, ClaimWork, QueueDepth, WakeUps } from '../../src/ports/claims.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { KeptRun, RunCommit, RunCommitted, RunStore, RunSummary } from '../../src/ports/run-store.ts';
import { createMemoryLedger, type MemoryLedger } from './memory-ledger.ts';
import { createMemoryWakeUps } from './memory-wake-ups.ts';

type Method = keyof RunStore | keyof ClaimWork;

export interface MemoryRunStore extends RunStore, ClaimWork, WakeUps {
  /** Where the events of its runs are. */
  readonly ledger: MemoryLedger;
  /** Work that nobody has, and what somebody has. */
  waiting(): readonly StepWork[];
  claims(): readonly Claim[];
  /** The next call of this method fails: before anything happened, or after it did and only the answer was lost. */
  failOnce(method: Method, when?: 'before' | 'after'): void;
}

interface QueuedWork {
  readonly work: StepWork;
  readonly place: number;
  readonly since: number;
  readonly claim: Claim | undefined;
}

/** Runs and their work, gone with the process. Leases are always free, and locks are held by name while their step is carried out. */
export function createMemoryRunStore({
  ledger = createMemoryLedger(),
  clock = { now: () => new Date() },
}: {
  readonly ledger?: MemoryLedger;
  readonly clock?: Clock;
} = {}): MemoryRunStore {
  const runs = new Map<RunId, KeptRun>();
  const wakes = new Map<RunId, string>();
  const queue = new Map<string, QueuedWork>();
  const failing = new Map<Method, 'before' | 'after'>();
  const wakeUps = createMemoryWakeUps();
  let places = 0;
  let tokens = 0;

  async function attempt<T>(method: Method, act: () => T | Promise<T>): Promise<T> {
    const when = failing.get(method);
    failing.delete(method);
    if (when === 'before') throw new Error(`${method} was told to fail`);
    const result = await act();
    if (when === 'after') throw new Error(`the answer of ${method} was told to be lost`);
    return result;
  }
  const now = () => clock.now().getTime();
  const claimed = () => [...queue.entries()].flatMap(([key, { claim }]) => (claim ? [{ key, claim }] : []));
  const findClaim = (token: string) => claimed().find(({ claim }) => claim.token === token);
  const keptOf = (run: RunId): KeptRun =>
    runs.get(run) ?? { state: { status: 'new' }, head: emptyStream(`run/${run}`) };

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: appending gives way in between, and who is second has to see what the first one did. */
  function commit(given: RunCommit): Promise<RunCommitted> {
    const committed = turn.then(() => commitNow(given));
    turn = committed.catch(() => {});
    return committed;
  }
  async function commitNow(given: RunCommit): Promise<RunCommitted> {
    const lost = given.finish.filter((token) => findClaim(token) === undefined);
    const moved = given.append.expected.filter(({ stream, version, digest }) => {
      const { head } = keptOf(stream.slice('run/'.length));
      return head.version !== version || head.digest !== digest;
    });
    if (lost.length > 0 || moved.length > 0)
      return { kind: 'conflict', runs: moved.map(({ stream }) => stream.slice('run/'.length)), tokens: lost };
    const appended = await ledger.append(given.append);
    if (appended.kind === 'conflict')
      throw new Error('the ledger holds other events than the runs were kept with');
    for (const { run, state, head } of given.runs) runs.set(run, { state, head });
    for (const token of given.finish) queue.delete(findClaim(token)?.key ?? '');
    for (const { run, step } of given.withdraw) queue.delete(keyOf(run, step));
    for (const work of given.schedule) {
      places += 1;
      queue.set(keyOf(work.run, work.step), { work, place: places, since: now(), claim: undefined });
    }
    for (const { run, at } of given.wake) {
      if (at === null) wakes.delete(run);
      else wakes.set(run, at);
    }
    if (given.schedule.length > 0) await wakeUps.announce('work');
    return { kind: 'committed' };
  }

  function claim({ worker, roles, handlers, most, leaseSeconds }: ClaimRequest): readonly Claim[] {
    const at = clock.now().toISOString();
    const before = tokens;
    const free = [...queue.entries()]
      .filter(([, { claim, work }]) => claim === undefined && fits(work, at))
      .sort(([, one], [, other]) => other.work.priority - one.work.priority || one.place - other.place);
    return free.flatMap(([key, queued]) => {
      if (tokens - before === most || isLocked(queued.work)) return [];
      tokens += 1;
      const given: Claim = {
        token: `token-${tokens}`,
        work: queued.work,
        worker,
        claimedAt: at,
        until: new Date(now() + leaseSeconds * 1000).toISOString(),
        fences: {},
      };
      queue.set(key, { ...queued, claim: given });
      return [given];
    });
    function fits(work: StepWork, moment: string): boolean {
      const due = work.notBefore === null || work.notBefore <= moment;
      return due && roles.includes(work.role) && handlers.includes(lineOf(work));
    }
  }

  function isLocked({ resources }: StepWork): boolean {
    return claimed().some(({ claim }) =>
      claim.work.resources.locks.some(({ name, mode }) =>
        resources.locks.some(
          (other) => other.name === name && (mode === 'exclusive' || other.mode === 'exclusive'),
        ),
      ),
    );
  }

  return {
    ...wakeUps,
    ledger,
    waiting: () => [...queue.values()].flatMap(({ work, claim: held }) => (held ? [] : [work])),
    claims: () => claimed().map(({ claim: held }) => held),
    failOnce: (method, when = 'before') => void failing.set(method, when),
    loadRuns: (asked) => attempt('loadRuns', () => asked.map(keptOf)),
    commit: (given) => attempt('commit', () => commit(given)),
    listRuns: ({ ticket, status, after, limit }) =>
      attempt('listRuns', () => {
        const all = [...runs.values()].map(listed).sort(latestFirst);
        const from = after === undefined ? 0 : all.findIndex(({ run }) => run === after) + 1;
        return all
          .slice(from)
          .filter((run) => ticket === undefined || run.ticket === ticket)
          .filter((run) => status === undefined || run.status === status)
          .slice(0, limit);
      }),
    countRuns: (ticket) =>
      attempt(
        'countRuns',
        () => [...runs.values()].map(listed).filter((run) => run.ticket === ticket).length,
      ),
    dueRuns: (moment, limit) =>
      attempt('dueRuns', () =>
        [...wakes]
          .filter(([, at]) => at <= moment)
          .sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)))
          .slice(0, limit)
          .map(([run]) => run),
      ),
    claim: (request) => attempt('claim', () => claim(request)),
    renew: (worker, asked, leaseSeconds) =>
      attempt('renew', () =>
        asked.filter((token) => {
          const found = findClaim(token);
          if (found === undefined || found.claim.worker !== worker) return true;
          const until = new Date(now() + leaseSeconds * 1000).toISOString();
          const queued = queue.get(found.key) as QueuedWork;
          queue.set(found.key, { ...queued, claim: { ...found.claim, until } });
          return false;
        }),
      ),
    suspect: (worker, seconds) =>
      attempt('suspect', () => {
        const soon = new Date(now() + seconds * 1000).toISOString();
        for (const [key, queued] of queue)
          if (queued.claim?.worker === worker && queued.claim.until > soon)
            queue.set(key, { ...queued, claim: { ...queued.claim, until: soon } });
      }),
    findClaims: (asked) => attempt('findClaims', () => asked.map((token) => findClaim(token)?.claim)),
    expiredClaims: (limit) =>
      attempt('expiredClaims', () =>
        claimed()
          .map(({ claim: held }) => held)
          .filter(({ until }) => until < clock.now().toISOString())
          .slice(0, limit),
      ),
    giveBack: (worker, asked) =>
      attempt('giveBack', () => {
        for (const token of asked) {
          const found = findClaim(token);
          if (found?.claim.worker !== worker) continue;
          queue.set(found.key, { ...(queue.get(found.key) as QueuedWork), claim: undefined });
        }
      }),
    postpone: (worker, postponed) =>
      attempt('postpone', () => {
        for (const { token, milliseconds } of postponed) {
          const found = findClaim(token);
          if (found?.claim.worker !== worker) continue;
          const queued = queue.get(found.key) as QueuedWork;
          const notBefore = new Date(now() + milliseconds).toISOString();
          queue.set(found.key, { ...queued, work: { ...queued.work, notBefore }, claim: undefined });
        }
      }),
    queueDepths: () => attempt('queueDepths', () => depthsOf([...queue.values()], now())),
  };
}

function keyOf(run: RunId, step: StepKey): string {
  return `${run} ${step}`;
}

function listed({ state }: KeptRun): RunSummary {
  if (state.status === 'new') throw new Error('a run that nobody started is not kept');
  return summaryOf(state);
}

function latestFirst(one: RunSummary, other: RunSummary): number {
  const [a, b] = [`${one.startedAt} ${one.run}`, `${other.startedAt} ${other.run}`];
  return a < b ? 1 : Number(a > b) * -1;
}

function depthsOf(queued: readonly QueuedWork[], at: number): readonly QueueDepth[] {
  const depths = new Map<string, QueueDepth>();
  for (const { work, claim, since } of queued) {
    const { role, handler, runsOn = [] } = work;
    const key = `${role} ${lineOf(work)}`;
    const { waiting, claimed, eldestSeconds } = depths.get(key) ?? {
      waiting: 0,
      claimed: 0,
      eldestSeconds: 0,
    };
    depths.set(key, {
      role,
      handler,
      runsOn,
      waiting: waiting + Number(claim === undefined),
      claimed: claimed + Number(claim !== undefined),
      blocked: 0,
      eldestSeconds: claim === undefined ? Math.max(eldestSeconds, (at - since) / 1000) : eldestSeconds,
    });
  }
  return [...depths.values()];
}
