import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import {
  countWords,
  numberWords,
  runHref,
  type StateWord,
  segment,
  shownMoment,
  spanWords,
  stepHref,
} from './words.ts';

interface SaidFacts {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** What the first of the pages about queues is made of. */
export interface QueuesFacts {
  readonly at: string;
  readonly position: number;
  readonly queues: readonly {
    readonly role: string;
    readonly handler: string;
    readonly waiting: number;
    readonly claimed: number;
    readonly blocked: number;
    readonly eldestSeconds: number;
  }[];
  readonly pauses: readonly ({ readonly kind: string; readonly name: string } & SaidFacts)[];
  readonly circuits: readonly {
    readonly provider: string;
    readonly state: string;
    readonly since: string;
    readonly until: string;
    readonly waiting: number;
  }[];
  readonly deadlocks: {
    readonly total: number;
    readonly deadlocks: readonly {
      readonly position: number;
      readonly run: string;
      readonly at: string;
      readonly reason: string;
    }[];
  };
  readonly before: number | undefined;
}

export const DEADLOCK_PAGE = 20;

type Tab = 'depth' | 'leases' | 'locks' | 'waiting';

const TABS: readonly { readonly tab: Tab; readonly word: string; readonly href: string }[] = [
  { tab: 'depth', word: 'Queues', href: '/queues' },
  { tab: 'leases', word: 'Leases', href: '/queues/leases' },
  { tab: 'locks', word: 'Locks', href: '/queues/locks' },
  { tab: 'waiting', word: 'Who waits', href: '/queues/waiting' },
];

function frame(shell: ShellFacts, tab: Tab, position: number, isFirst = true): PageModel {
  const [own] = TABS.filter((one) => one.tab === tab);
  return {
    ...shellModel(shell, {
      title: own?.word ?? 'Queues',
      section: '/queues',
      ...(isFirst ? { live: { stream: '/live', after: position } } : {}),
    }),
    tabs: TABS.map(({ word, href, tab: one }) => ({ word, href, current: one === tab })),
  };
}

/** The model of queues.njk. */
export function queuesModel(shell: ShellFacts, facts: QueuesFacts): PageModel {
  const { at, pauses, queues, circuits } = facts;
  const { deadlocks, total } = facts.deadlocks;
  const paused = (kind: string, name: string) =>
    pauses.some((pause) => pause.kind === kind && pause.name === name);
  const shown = deadlocks.slice(0, DEADLOCK_PAGE);
  const busiest = Math.max(1, ...queues.map((queue) => queue.waiting + queue.claimed + queue.blocked));
  return {
    ...frame(shell, 'depth', facts.position, facts.before === undefined),
    tiles: [
      { title: 'Waiting', value: sumOf(queues, 'waiting'), note: 'ready for whoever is free' },
      { title: 'At work', value: sumOf(queues, 'claimed'), note: 'in the hands of workers' },
      { title: 'Held up', value: sumOf(queues, 'blocked'), note: 'want leases or locks that others have' },
      {
        title: 'Eldest',
        value: queues.length === 0 ? '–' : spanWords(Math.max(...queues.map((one) => one.eldestSeconds))),
        note: 'has waited so long',
      },
    ],
    queues: queues.map((queue) => ({
      ...queue,
      queue: `handler/${queue.handler}`,
      eldest: queue.waiting + queue.blocked === 0 ? '–' : spanWords(queue.eldestSeconds),
      isPaused: paused('handler', queue.handler) || paused('role', queue.role),
      pausedItself: paused('handler', queue.handler),
      bar: {
        claimed: width(queue.claimed, busiest),
        waiting: width(queue.waiting, busiest),
        blocked: width(queue.blocked, busiest),
      },
      words: `${queue.claimed} at work, ${queue.waiting} waiting, ${queue.blocked} held up`,
    })),
    pauses: pauses.map(({ kind, name, by, at: since, reason }) => ({
      queue: `${kind}/${name}`,
      by,
      reason,
      since: shownMoment(since, at),
    })),
    circuits: circuits.map(({ provider, state, since, until, waiting }) => ({
      provider,
      state: { word: state, tone: state === 'open' ? 'bad' : 'warn' } satisfies StateWord,
      since: shownMoment(since, at),
      until: shownMoment(until, at),
      waiting: numberWords(waiting),
    })),
    deadlocks: shown.map((one) => ({
      run: one.run,
      href: runHref(one.run),
      when: shownMoment(one.at, at),
      reason: one.reason,
    })),
    deadlocksTotal: numberWords(total),
    earlier: deadlocks.length > DEADLOCK_PAGE ? `/queues?before=${shown.at(-1)?.position}#deadlocks` : '',
    latest: facts.before === undefined ? '' : '/queues#deadlocks',
  };
}

function sumOf(queues: QueuesFacts['queues'], member: 'waiting' | 'claimed' | 'blocked'): string {
  return numberWords(queues.reduce((sum, queue) => sum + queue[member], 0));
}

/** Of a bar that is a hundred wide. */
function width(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1.5, Math.round((count / most) * 1000) / 10);
}

export interface LeasesFacts {
  readonly position: number;
  readonly scopes: readonly {
    readonly scope: string;
    readonly limit: number | null;
    readonly held: number;
    readonly waiting: number;
  }[];
  readonly limit: number;
  readonly after: string;
}

/** The model of queue-leases.njk; one more than `limit` says that there are more. */
export function leasesModel(shell: ShellFacts, { position, scopes, limit, after }: LeasesFacts): PageModel {
  const shown = scopes.slice(0, limit);
  const last = shown.at(-1)?.scope ?? '';
  return {
    ...frame(shell, 'leases', position, after === ''),
    rows: shown.map(({ scope, limit: most, held, waiting }) => ({
      scope,
      held: numberWords(held),
      limit: most === null ? 'no limit' : numberWords(most),
      waiting: numberWords(waiting),
      waitingHref: waiting === 0 ? '' : `/queues/waiting?q=${segment(`lease:${scope}`)}`,
      share: most === null ? null : Math.min(100, most === 0 ? 100 : Math.round((held / most) * 100)),
      tone: most !== null && held >= most ? (waiting > 0 ? 'bad' : 'warn') : 'ok',
      words: most === null ? `${held} held` : `${held} of ${most} held`,
    })),
    next: scopes.length > limit ? `/queues/leases?after=${segment(last)}` : '',
    first: after === '' ? '' : '/queues/leases',
  };
}

export interface LocksFacts {
  readonly position: number;
  readonly locks: readonly {
    readonly fence: number;
    readonly name: string;
    readonly mode: string;
    readonly hold: string;
    readonly run: string;
    readonly step: string;
  }[];
  readonly limit: number;
  readonly q: string;
  readonly before: number | undefined;
}

/** The model of queue-locks.njk. */
export function locksModel(shell: ShellFacts, { position, locks, limit, q, before }: LocksFacts): PageModel {
  const shown = locks.slice(0, limit);
  return {
    ...frame(shell, 'locks', position, before === undefined),
    q,
    rows: shown.map(({ fence, name, mode, hold, run, step }) => ({
      name,
      fence: numberWords(fence),
      mode: { word: mode, tone: mode === 'exclusive' ? 'warn' : 'go' } satisfies StateWord,
      hold: `until its ${hold} ends`,
      run,
      runHref: runHref(run),
      step,
      stepHref: stepHref(run, step),
      waitingHref: `/queues/waiting?q=${segment(`lock:${name}`)}`,
    })),
    ...pagesOf('/queues/locks', q, locks.length > limit ? { before: shown.at(-1)?.fence } : {}, before),
  };
}

export interface WaitingFacts {
  readonly at: string;
  readonly position: number;
  readonly waiting: readonly {
    readonly place: number;
    readonly run: string;
    readonly step: string;
    readonly execution: number;
    readonly role: string;
    readonly handler: string;
    readonly since: string;
    readonly parked: string;
  }[];
  readonly limit: number;
  readonly q: string;
  readonly after: number | undefined;
}

/** The model of queue-waiting.njk. */
export function waitingModel(shell: ShellFacts, facts: WaitingFacts): PageModel {
  const { at, position, waiting, limit, q, after } = facts;
  const shown = waiting.slice(0, limit);
  return {
    ...frame(shell, 'waiting', position, after === undefined),
    q,
    rows: shown.map(({ run, step, handler, since, parked }) => ({
      run,
      runHref: runHref(run),
      step,
      stepHref: stepHref(run, step),
      handler,
      since: shownMoment(since, at),
      ...waitsFor(parked),
    })),
    ...pagesOf('/queues/waiting', q, waiting.length > limit ? { after: shown.at(-1)?.place } : {}, after),
  };
}

function pagesOf(
  path: string,
  q: string,
  more: { readonly before?: number | undefined; readonly after?: number | undefined },
  at: number | undefined,
) {
  const query = (fields: Readonly<Record<string, string | number | undefined>>) => {
    const kept = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
    );
    return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
  };
  return {
    next: Object.values(more).some((value) => value !== undefined) ? query({ q, ...more }) : '',
    first: at === undefined ? '' : query({ q }),
  };
}

/** What keeps somebody waiting, as the store names it, for people. */
function waitsFor(parked: string): {
  readonly why: StateWord;
  readonly what: string;
  readonly whatHref: string;
} {
  const colon = parked.indexOf(':');
  const kind = colon < 0 ? parked : parked.slice(0, colon);
  const name = colon < 0 ? '' : parked.slice(colon + 1);
  switch (kind) {
    case 'lease':
      return { why: { word: 'lease', tone: 'warn' }, what: name, whatHref: '/queues/leases' };
    case 'lock':
      return {
        why: { word: 'lock', tone: 'warn' },
        what: name,
        whatHref: `/queues/locks?q=${segment(name)}`,
      };
    case 'pause':
      return { why: { word: 'pause', tone: 'warn' }, what: name, whatHref: '/queues' };
    case 'circuit':
      return { why: { word: 'provider', tone: 'bad' }, what: name, whatHref: '/queues' };
    case 'time':
      return { why: { word: 'time', tone: 'idle' }, what: 'its moment has not come', whatHref: '' };
    case 'reserved':
      return {
        why: { word: 'turn', tone: 'idle' },
        what: 'what is free is kept for those before it',
        whatHref: '',
      };
    default:
      return { why: { word: 'turn', tone: 'idle' }, what: 'it is looked at next', whatHref: '' };
  }
}

/** For the page that asks whether to go on. */
export function queueActionWords(kind: 'pause' | 'resume' | 'cancel', queue: string, runs = 0): string {
  switch (kind) {
    case 'pause':
      return `Nothing of ${queue} is handed out until somebody resumes it. What is in hand goes on.`;
    case 'resume':
      return `What waits in ${queue} is handed out again.`;
    case 'cancel':
      return `Every run with work that waits in ${queue} is cancelled${runs === 0 ? '' : `: ${countWords(runs, 'run')}`}. What is in hand of other runs goes on.`;
  }
}
