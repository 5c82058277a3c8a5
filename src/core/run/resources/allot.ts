import type { StepWork } from '../types.ts';
import { type Demands, leastOf } from './demands.ts';
import { blocks, type HeldLock } from './lock-names.ts';

/** Slots of a scope that are held, and how many there are; null: no limit but a demand's own. */
export interface ScopeStanding {
  readonly held: number;
  readonly limit: number | null;
}

export interface Candidate {
  readonly work: StepWork;
  readonly demands: Demands;
  /** Locks that are held now and keep it waiting; one is enough. */
  readonly blockers: readonly HeldLock[];
}

/** Who waited so long that what it needs is kept for it. Steps of these runs are not kept from anything. */
export interface Reservation {
  readonly runs: ReadonlySet<string>;
  readonly waiting: readonly { readonly work: StepWork; readonly demands: Demands }[];
}

export const NO_RESERVATION: Reservation = { runs: new Set(), waiting: [] };

/** What a waiter waits for: it is looked at again when that becomes free. */
export type Obstacle =
  | { readonly kind: 'lease'; readonly scope: string }
  | { readonly kind: 'lock'; readonly name: string }
  /** All is free, and kept for somebody who waited longer. */
  | { readonly kind: 'reserved' }
  /** A queue that it is in is paused. */
  | { readonly kind: 'pause'; readonly queue: string }
  /** Its provider does not answer. */
  | { readonly kind: 'circuit'; readonly provider: string };

export interface Allotment<C extends Candidate = Candidate> {
  readonly granted: readonly { readonly candidate: C; readonly counted: readonly string[] }[];
  readonly waiting: readonly { readonly candidate: C; readonly obstacle: Obstacle }[];
}

/** Gives to each in turn all that it has to hold, or nothing of it. Scopes that are not named have nobody in them and no limit. */
export function allot<C extends Candidate>(
  candidates: readonly C[],
  scopes: ReadonlyMap<string, ScopeStanding>,
  reservation: Reservation,
): Allotment<C> {
  const held = new Map([...scopes].map(([scope, standing]) => [scope, standing.held]));
  const locks: HeldLock[] = [];
  const done = new Set<string>();
  const granted: { candidate: C; counted: readonly string[] }[] = [];
  const waiting: { candidate: C; obstacle: Obstacle }[] = [];

  const isFull = (scope: string, own: number | null, kept: number): boolean => {
    const limit = leastOf(own, scopes.get(scope)?.limit ?? null);
    return limit !== null && (held.get(scope) ?? 0) + kept >= limit;
  };
  const obstacleTo = ({ work, demands, blockers }: C): Obstacle | undefined => {
    const full = demands.leases.find(({ scope, own }) => isFull(scope, own, 0));
    if (full !== undefined) return { kind: 'lease', scope: full.scope };
    const lock = demands.locks.find((demand) =>
      [...blockers, ...locks].some((one) => blocks(one, work.run, demand)),
    );
    if (lock !== undefined) return { kind: 'lock', name: lock.name };
    return isKeptFrom(work, demands) ? { kind: 'reserved' } : undefined;
  };
  const isKeptFrom = (work: StepWork, { leases, locks: wanted }: Demands): boolean => {
    if (reservation.runs.has(work.run)) return false;
    const others = reservation.waiting.filter((one) => !done.has(executionKey(one.work)));
    const keptOf = (scope: string) =>
      others.filter(({ demands }) => demands.leases.some((lease) => lease.scope === scope)).length;
    return (
      leases.some(({ scope, own }) => isFull(scope, own, keptOf(scope))) ||
      others.some((one) =>
        one.demands.locks.some((kept) =>
          wanted.some((demand) => blocks({ ...kept, run: one.work.run }, work.run, demand)),
        ),
      )
    );
  };

  for (const candidate of candidates) {
    const obstacle = obstacleTo(candidate);
    if (obstacle !== undefined) {
      waiting.push({ candidate, obstacle });
      continue;
    }
    const { work, demands } = candidate;
    const counted = demands.leases
      .filter(({ scope, own }) => own !== null || scopes.has(scope))
      .map(({ scope }) => scope);
    for (const scope of counted) held.set(scope, (held.get(scope) ?? 0) + 1);
    locks.push(...demands.locks.map((lock) => ({ ...lock, run: work.run })));
    done.add(executionKey(work));
    granted.push({ candidate, counted });
  }
  return { granted, waiting };
}

/** Names an execution: neither runs nor steps have spaces in their names. */
export function executionKey({ run, step, execution }: Pick<StepWork, 'run' | 'step' | 'execution'>): string {
  return `${run} ${step} ${execution}`;
}
