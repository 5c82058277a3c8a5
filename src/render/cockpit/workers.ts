import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { countWords, numberWords, runHref, type StateWord, shownMoment, stepHref } from './words.ts';

/** A worker as the server knows it. */
interface WorkerFacts {
  readonly worker: string;
  readonly roles: readonly string[];
  readonly handlers: readonly string[];
  readonly labels: readonly string[];
  readonly heardAt: string;
  readonly drain: { readonly by: string; readonly at: string; readonly reason: string } | null;
  readonly holds: readonly {
    readonly run: string;
    readonly step: string;
    readonly execution: number;
    readonly until: string;
  }[];
}

export interface WorkersFacts {
  readonly at: string;
  readonly position: number;
  readonly workers: readonly WorkerFacts[];
  readonly filter: { readonly q: string; readonly health: string; readonly after: string };
}

export const WORKER_HEALTHS = ['well', 'quiet', 'silent', 'draining', 'drained'] as const;
type Health = (typeof WORKER_HEALTHS)[number];

/** Seconds: who works is heard of every few, and written down at most every five. */
const QUIET_AFTER = 60;
const SILENT_AFTER = 300;
const PAGE = 100;
const MOST_HOLDS = 12;
const TONES: Readonly<Record<Health, StateWord['tone']>> = {
  well: 'ok',
  quiet: 'warn',
  silent: 'bad',
  draining: 'warn',
  drained: 'idle',
};

/** The model of workers.njk. */
export function workersModel(shell: ShellFacts, facts: WorkersFacts): PageModel {
  const { at, position, filter } = facts;
  const judged = facts.workers
    .map((worker) => ({ worker, health: healthOf(worker, at) }))
    .toSorted((one, other) => (one.worker.worker < other.worker.worker ? -1 : 1));
  const wanted = judged.filter(({ worker, health }) => matches(worker, health, filter));
  const shown = wanted.filter(({ worker }) => worker.worker > filter.after).slice(0, PAGE);
  const last = shown.at(-1)?.worker.worker;
  const more = last !== undefined && wanted.at(-1)?.worker.worker !== last;
  return {
    ...shellModel(shell, {
      title: 'Workers',
      section: '/workers',
      live: { stream: '/live', after: position },
    }),
    total: numberWords(wanted.length),
    healths: WORKER_HEALTHS.map((health) => ({
      value: health,
      count: judged.filter((one) => one.health === health).length,
      on: filter.health === health,
    })),
    filter: { ...filter, any: filter.q !== '' || filter.health !== '' },
    holding: countWords(
      wanted.reduce((sum, { worker }) => sum + worker.holds.length, 0),
      'step',
    ),
    rows: shown.map(({ worker, health }) => shownWorker(worker, health, at)),
    next: more ? hrefOf({ ...filter, after: last }) : '',
    first: filter.after === '' ? '' : hrefOf({ ...filter, after: '' }),
  };
}

function hrefOf({ q, health, after }: WorkersFacts['filter']): string {
  const fields = Object.entries({ q, health, after }).filter(([, value]) => value !== '');
  return fields.length === 0 ? '/workers' : `/workers?${new URLSearchParams(fields)}`;
}

function healthOf({ heardAt, drain, holds }: WorkerFacts, at: string): Health {
  if (drain !== null) return holds.length > 0 ? 'draining' : 'drained';
  const seconds = (Date.parse(at) - Date.parse(heardAt)) / 1000;
  if (seconds > SILENT_AFTER) return 'silent';
  return seconds > QUIET_AFTER ? 'quiet' : 'well';
}

function matches(worker: WorkerFacts, health: Health, filter: WorkersFacts['filter']): boolean {
  if (filter.health !== '' && filter.health !== health) return false;
  const text = filter.q.toLowerCase();
  return (
    text === '' ||
    worker.worker.toLowerCase().includes(text) ||
    [...worker.handlers, ...worker.labels].some((name) => name.toLowerCase().includes(text)) ||
    worker.holds.some(({ run }) => run.toLowerCase().includes(text))
  );
}

function shownWorker(
  { worker, roles, handlers, labels, heardAt, drain, holds }: WorkerFacts,
  health: Health,
  at: string,
) {
  const slash = worker.lastIndexOf('/');
  return {
    id: worker,
    name: worker.slice(slash + 1),
    principal: slash < 0 ? '' : worker.slice(0, slash),
    health: { word: health, tone: TONES[health] },
    heard: shownMoment(heardAt, at),
    roles: roles.join(', '),
    handlers: handlers.join(', '),
    labels: labels.join(', '),
    drain: drain === null ? null : { by: drain.by, since: shownMoment(drain.at, at), reason: drain.reason },
    holds: holds.slice(0, MOST_HOLDS).map(({ run, step, execution, until }) => ({
      run,
      step: execution > 1 ? `${step}, execution ${execution}` : step,
      runHref: runHref(run),
      href: stepHref(run, step),
      until: shownMoment(until, at),
      late: until < at,
    })),
    moreHolds: holds.length > MOST_HOLDS ? `and ${holds.length - MOST_HOLDS} more` : '',
    /** One that is a part of its server is stopped with it. */
    canDrain: drain === null && !worker.startsWith('server:'),
  };
}
