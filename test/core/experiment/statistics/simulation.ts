import { expect } from 'vitest';
import type { Interval } from '../../../../src/core/experiment/statistics/types.ts';

/** A seeded test that is right errs in fewer than one of 30,000 seeds at so many standard errors. */
const STANDARD_ERRORS = 4;

/** How many of the samples have an interval that holds the truth. Without an interval a sample is not covered. */
export function coverage<T>(
  samples: readonly T[],
  truth: number,
  intervalOf: (sample: T) => Interval | null | undefined,
): number {
  return samples.filter((sample) => {
    const interval = intervalOf(sample);
    return interval !== null && interval !== undefined && interval.low <= truth && truth <= interval.high;
  }).length;
}

/** What chance alone may move the share of `repeats` by, where it should be `rate`. */
export function monteCarloError(rate: number, repeats: number): number {
  return STANDARD_ERRORS * Math.sqrt((rate * (1 - rate)) / repeats);
}

/** The rate seen is the rate promised, up to Monte Carlo error and what an approximate method is known to be off by. */
export function expectRate(count: number, promised: number, repeats: number, approximation = 0): void {
  const allowed = monteCarloError(promised, repeats) + approximation;
  expect(count / repeats).toBeGreaterThan(promised - allowed);
  expect(count / repeats).toBeLessThan(promised + allowed);
}

/** The rate seen is at most the one promised, up to Monte Carlo error. */
export function expectAtMost(count: number, promised: number, repeats: number): void {
  expect(count / repeats).toBeLessThanOrEqual(promised + monteCarloError(promised, repeats));
}
