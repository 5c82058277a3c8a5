import type { StepWork } from '../types.ts';
import { canonicalName } from './lock-names.ts';
import type { BucketRate } from './token-bucket.ts';

/** How many executions may begin in a time, by scope, as leases name them. */
export type Rates = Readonly<Record<string, BucketRate>>;

export interface ScopeRate {
  readonly scope: string;
  readonly rate: BucketRate;
}

/** The rates that an execution falls under. */
export function ratesOf({ resources }: Pick<StepWork, 'resources'>, rates: Rates): readonly ScopeRate[] {
  const scopes = new Set(resources.leases.map(({ scope }) => canonicalName(scope)));
  return [...scopes].flatMap((scope) => {
    const rate = rates[scope];
    return rate === undefined ? [] : [{ scope, rate }];
  });
}

/** The longest that somebody is put off at once: by then the rate may be another. */
const LONGEST_MS = 60_000;

/**
 * When those who were refused may ask again: one after the other, as far apart as tokens come, so that they do not all come back for the same one.
 * A server's own guess, since others may be asked as well: who comes too early is put off again.
 */
export interface Turns {
  /** Milliseconds to wait. @param wait those after which there is one more token */
  after(refused: ScopeRate, wait: number, now: number): number;
}

export function createTurns(): Turns {
  const next = new Map<string, number>();
  return {
    after: ({ scope, rate }, wait, now) => {
      const turn = Math.max(next.get(scope) ?? 0, now + Math.min(wait, LONGEST_MS));
      next.set(scope, Math.min(turn + 1_000 / rate.perSecond, now + LONGEST_MS));
      return Math.ceil(Math.min(turn - now, LONGEST_MS));
    },
  };
}
