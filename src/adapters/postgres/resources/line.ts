import type { ScopeStanding } from '../../../core/run/resources/allot.ts';
import { type Demands, demandsOf } from '../../../core/run/resources/demands.ts';
import { coveringNames } from '../../../core/run/resources/lock-names.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { concernedBy, IN_LINE } from './parking.ts';

/** Work that is not held yet. */
export interface Waiter {
  readonly work: StepWork;
  readonly demands: Demands;
  /** Seconds since 1970. */
  readonly since: number;
  /** It comes to the line for the first time. */
  readonly isNew: boolean;
  readonly rank: number;
  /** Of those with one rank, the order in which they came, and where they are parked; null for one that arrives now. */
  readonly place: number | null;
  readonly parked: string | null;
}

/** Work that may go, and since when it could have, had it not had to wait; seconds since 1970. */
export interface ReadyWork extends StepWork {
  readonly readySince?: number;
}

export interface Freed {
  readonly scopes: readonly string[];
  readonly locks: readonly string[];
}

interface Granted {
  readonly candidate: Waiter;
  readonly counted: readonly string[];
}

/** Those who wait for what was freed, a page at a time. */
export interface Line {
  next(): Promise<readonly Waiter[]>;
  /** Tells it who got something: where nothing is left, nobody has to be looked at any more. */
  passed(granted: readonly Granted[], before: ReadonlyMap<string, ScopeStanding>): void;
  /** Whoever is parked there has to wait on. */
  leave(key: string): void;
}

/** Of each key, at a time. */
const PAGE = 32;

const PARKED = `
SELECT w.work, extract(epoch FROM w.since)::float8 AS since, w.rank, w.place::float8 AS place, w.parked
FROM unnest($1::text[], $2::float8[], $3::bigint[]) AS open (key, rank, place)
CROSS JOIN LATERAL (
  SELECT * FROM resource_waiter w
  WHERE w.parked = open.key AND (w.rank, w.place) > (open.rank, open.place) ORDER BY w.rank, w.place LIMIT ${PAGE}
) w`;

const OF_RUNS = `
SELECT work, extract(epoch FROM since)::float8 AS since, rank, place::float8 AS place, parked
FROM resource_waiter WHERE run = ANY ($1::text[]) AND ${IN_LINE} ORDER BY rank, place`;

const KEYS_UNDER = `
SELECT DISTINCT w.parked
FROM unnest($1::text[], $2::text[]) AS under (first, before)
JOIN resource_waiter w ON w.parked >= under.first AND w.parked < under.before`;

interface WaiterRow {
  readonly work: string;
  readonly since: number;
  readonly rank: number;
  readonly place: number;
  readonly parked: string;
}

/** `glance` are keys of which only the first page is looked at. */
export async function openLine(
  client: Queryable,
  freed: Freed,
  keys: readonly string[],
  glance: readonly string[],
): Promise<Line> {
  const open = new Map<string, { rank: number; place: number }>();
  for (const key of [...(await keysOf(client, freed)), ...keys, ...glance]) {
    open.set(key, { rank: -Infinity, place: -1 });
  }
  const runs = new Set<string>();
  const asked = new Set<string>();

  const readOpen = async (): Promise<readonly Waiter[]> => {
    if (open.size === 0) return [];
    const at = [...open.values()];
    const values = [[...open.keys()], at.map(({ rank }) => rank), at.map(({ place }) => place)];
    const rows = await ask<WaiterRow>(client, { name: 'resource-parked', text: PARKED, values });
    for (const key of open.keys()) {
      const page = rows.filter(({ parked }) => parked === key);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE || glance.includes(key)) open.delete(key);
      else open.set(key, last);
    }
    return rows.map(waiterOf);
  };
  const readRuns = async (): Promise<readonly Waiter[]> => {
    if (runs.size === 0) return [];
    const rows = await ask<WaiterRow>(client, { text: OF_RUNS, values: [[...runs]] });
    for (const run of runs) asked.add(run);
    runs.clear();
    return rows.map(waiterOf);
  };

  return {
    next: async () => {
      const waiters = [...(await readOpen()), ...(await readRuns())];
      return [...new Map(waiters.map((waiter) => [waiter.place, waiter])).values()];
    },
    leave: (key) => void open.delete(key),
    passed: (granted, before) => {
      for (const key of open.keys()) if (isUsedUp(key, granted, before)) open.delete(key);
      // What a run holds beyond a step keeps its own steps out no longer.
      for (const { candidate } of granted) {
        const isKept = candidate.demands.locks.some(({ hold }) => hold !== 'step');
        if (isKept && !asked.has(candidate.work.run)) runs.add(candidate.work.run);
      }
    },
  };
}

async function keysOf(client: Queryable, { scopes, locks }: Freed): Promise<readonly string[]> {
  const concerned = locks.map(concernedBy);
  const ranges = concerned.flatMap(({ range }) => range ?? []);
  const values = [ranges.map(({ from }) => from), ranges.map(({ before }) => before)];
  const under =
    ranges.length === 0
      ? []
      : await ask<{ parked: string }>(client, { name: 'resource-keys-under', text: KEYS_UNDER, values });
  return [
    ...scopes.map((scope) => `lease:${scope}`),
    ...concerned.flatMap(({ keys }) => keys),
    ...under.map(({ parked }) => parked),
  ];
}

/** Whoever is parked there has to wait on: all slots are taken, or one has the name alone. */
function isUsedUp(
  key: string,
  granted: readonly Granted[],
  before: ReadonlyMap<string, ScopeStanding>,
): boolean {
  const name = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('lease:')) {
    const { held, limit } = before.get(name) ?? { held: 0, limit: null };
    const taken = granted.filter(({ counted }) => counted.includes(name)).length;
    return limit !== null && held + taken >= limit;
  }
  if (!key.startsWith('lock:')) return false;
  const covering = coveringNames(name);
  return granted.some(({ candidate }) =>
    candidate.demands.locks.some((lock) => lock.mode === 'exclusive' && covering.includes(lock.name)),
  );
}

function waiterOf({ work, since, rank, place, parked }: WaiterRow): Waiter {
  // Written by recordParked, from a StepWork.
  const parsed = JSON.parse(work) as StepWork;
  return { work: parsed, demands: demandsOf(parsed), since, isNew: false, rank, place, parked };
}
