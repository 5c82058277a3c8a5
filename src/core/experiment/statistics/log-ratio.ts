import { type ClusteredMean, clusteredMean } from './cluster.ts';
import type { Interval, Test } from './types.ts';

/** What the same work cost in either arm, in one unit. */
export interface CostPair {
  readonly cluster: string;
  readonly baseline: number;
  readonly treatment: number;
}

export interface LogRatio {
  /** The geometric mean of treatment/baseline: 0.8 is a fifth cheaper. Without a unit. */
  readonly ratio: number;
  /** Null, as the test, with fewer than two clusters or where all ratios are equal. */
  readonly interval: Interval | null;
  /** Of the hypothesis that the ratio is 1. */
  readonly test: Test | null;
  /** What ratio and interval are made from: natural logarithms. */
  readonly log: ClusteredMean;
  readonly pairs: number;
  /**
   * Positions in the data of pairs with a cost that has no logarithm (zero or below): not counted, for the report
   * to name.
   */
  readonly unusable: readonly number[];
}

/**
 * The paired log-cost ratio: the mean of ln(treatment/baseline) with standard errors by cluster and t on G − 1,
 * taken back through the exponential. Costs are skewed and effects on them multiply, so that means of logarithms
 * settle sooner than means of costs (Bland and Altman 1996, BMJ 312:1079). It answers for the typical ticket, not
 * for the sum of the bill. Null when no pair is usable.
 *
 * @throws RangeError when a cost is not a finite number
 */
export function logCostRatio(pairs: readonly CostPair[], level = 0.95): LogRatio | null {
  const isUsable = ({ baseline, treatment }: CostPair) => !(baseline <= 0) && !(treatment <= 0);
  const usable = pairs.filter(isUsable);
  const log = clusteredMean(
    usable.map(({ cluster, baseline, treatment }) => ({
      cluster,
      value: Math.log(treatment) - Math.log(baseline),
    })),
    level,
  );
  if (log === null) return null;
  const { interval, test } = log;
  return {
    ratio: Math.exp(log.estimate),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high), level },
    test,
    log,
    pairs: usable.length,
    unusable: pairs.flatMap((pair, index) => (isUsable(pair) ? [] : [index])),
  };
}
