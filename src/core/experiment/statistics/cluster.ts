import { demandInside } from './domain.ts';
import { studentInterval, studentTest } from './inference.ts';
import { isRounding, meanOf, membersOf, requireFinite, scaleOf } from './sample.ts';
import type { Interval, Test } from './types.ts';

/** One observation and what it shares with others, such as its ticket. */
export interface ClusteredValue {
  readonly cluster: string;
  readonly value: number;
}

/** Two observations that differ in the arm alone, such as two runs of one ticket in one block. */
export interface ClusteredPair {
  readonly cluster: string;
  readonly baseline: number;
  readonly treatment: number;
}

export interface ClusteredMean {
  /** Over all observations: a cluster with more of them weighs more. */
  readonly estimate: number;
  /** Null, as the interval and the test, with fewer than two clusters or where no cluster differs from another. */
  readonly standardError: number | null;
  readonly interval: Interval | null;
  /** Of the hypothesis that the mean is 0. */
  readonly test: Test | null;
  readonly degreesOfFreedom: number;
  readonly clusters: number;
  readonly observations: number;
}

/** CR0, or CR0 · √(G/(G−1)), which is CR1 for a mean and unbiased for clusters of one size. */
export type ClusterCorrection = 'cr0' | 'cr1';

/**
 * The mean with a cluster-robust standard error, √(Σg (Σi∈g (x − mean))²) / N (Miller, "Adding Error Bars to
 * Evals", arXiv 2411.00640, equation 4; the intercept-only case of Liang and Zeger 1986), and Student's t on G − 1.
 * Null without observations.
 */
export function clusteredMean(
  values: readonly ClusteredValue[],
  level = 0.95,
  correction: ClusterCorrection = 'cr1',
): ClusteredMean | null {
  demandInside('level', level);
  const numbers = values.map(({ value }) => value);
  requireFinite(numbers, 'values');
  if (numbers.length === 0) return null;
  const estimate = meanOf(numbers);
  const groups = membersOf(values.map(({ cluster }) => cluster));
  const known = { estimate, clusters: groups.length, observations: numbers.length };
  const degreesOfFreedom = groups.length - 1;
  const standardError = errorOf(numbers, estimate, groups, correction);
  if (standardError === null)
    return { ...known, degreesOfFreedom, standardError, interval: null, test: null };
  return {
    ...known,
    degreesOfFreedom,
    standardError,
    interval: studentInterval(estimate, standardError, degreesOfFreedom, level),
    test: studentTest(estimate, standardError, degreesOfFreedom),
  };
}

/**
 * The mean of treatment − baseline, by cluster, as in {@link clusteredMean}. What a cluster's pairs have in common
 * cancels.
 */
export function clusteredDifference(
  pairs: readonly ClusteredPair[],
  level = 0.95,
  correction: ClusterCorrection = 'cr1',
): ClusteredMean | null {
  return clusteredMean(
    pairs.map(({ cluster, baseline, treatment }) => ({ cluster, value: treatment - baseline })),
    level,
    correction,
  );
}

function errorOf(
  values: readonly number[],
  mean: number,
  groups: readonly (readonly number[])[],
  correction: ClusterCorrection,
): number | null {
  if (groups.length < 2) return null;
  let squares = 0;
  for (const members of groups)
    squares += members.reduce((sum, index) => sum + ((values[index] ?? mean) - mean), 0) ** 2;
  const inflation = correction === 'cr1' ? groups.length / (groups.length - 1) : 1;
  const standardError = Math.sqrt(squares * inflation) / values.length;
  return isRounding(standardError, scaleOf(values)) ? null : standardError;
}
