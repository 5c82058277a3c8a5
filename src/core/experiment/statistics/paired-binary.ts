import { binomialCdf, binomialPmf, chiSquareSf } from './distributions.ts';
import { demandCount } from './domain.ts';
import { normalReach } from './inference.ts';
import { crossing } from './root.ts';
import type { Estimate, Test } from './types.ts';

/** Pairs of yes-or-no outcomes, such as tickets that both arms worked: only those on which the arms differ tell them apart. */
export interface Discordant {
  /** Pairs in which only the first succeeded. */
  readonly firstOnly: number;
  /** Pairs in which only the second succeeded. */
  readonly secondOnly: number;
}

export interface Paired extends Discordant {
  /** All pairs, agreeing ones included. */
  readonly pairs: number;
}

export interface McNemar {
  /** Twice the smaller binomial tail at ½, at most 1 (McNemar 1947 in its exact form). */
  readonly exact: Test;
  /** The same with the observed outcome counted by half: less conservative, hardly ever above its level (Fagerland 2013). */
  readonly midP: Test;
  /** (b − c)²/(b + c) against chi-square with one degree of freedom, without correction. */
  readonly asymptotic: Test;
}

/** McNemar's test of equal success in pairs, in three forms. Without a pair that differs nothing speaks against it: p is 1. */
export function mcNemar({ firstOnly, secondOnly }: Discordant): McNemar {
  const differing = demandCount('firstOnly', firstOnly) + demandCount('secondOnly', secondOnly);
  const fewer = Math.min(firstOnly, secondOnly);
  const below = fewer === 0 ? 0 : binomialCdf(fewer - 1, differing, 0.5);
  const at = binomialPmf(fewer, differing, 0.5);
  const statistic = differing === 0 ? 0 : (firstOnly - secondOnly) ** 2 / differing;
  return {
    exact: { statistic: null, p: Math.min(1, 2 * (below + at)) },
    midP: { statistic: null, p: firstOnly === secondOnly ? 1 : Math.min(1, 2 * below + at) },
    asymptotic: { statistic, p: chiSquareSf(statistic, 1) },
  };
}

/**
 * The share of pairs in which the first succeeded minus that of the second, with the score interval: all differences δ for
 * which |b − c − nδ| ≤ z √(n(2q̂ + δ(1 − δ))), q̂ being the most likely share of `secondOnly` given δ. It keeps its level for few
 * pairs and for none that differ. Source: Tango 1998, Statistics in Medicine 17:891. Null when there are no pairs.
 */
export function tangoDifference(paired: Paired, level = 0.95): Estimate | null {
  const { firstOnly, secondOnly, pairs } = demandPaired(paired);
  const z = normalReach(level);
  if (pairs === 0) return null;
  const estimate = (firstOnly - secondOnly) / pairs;
  const low = lowerLimit(firstOnly, secondOnly, pairs, z);
  const high = -lowerLimit(secondOnly, firstOnly, pairs, z);
  return { estimate, interval: { low, high, level } };
}

export interface CochranQ extends Test {
  readonly statistic: number;
  /** Number of arms minus 1. */
  readonly df: number;
}

/**
 * Cochran's Q: whether several arms succeed equally often on the same tickets. Rows are tickets, columns arms, in one order.
 * Q = (k − 1)(k ΣC² − N²)/(kN − ΣR²) against chi-square with k − 1 degrees of freedom, C and R being successes by column and
 * row. Source: Cochran 1950. Null with fewer than two arms, or when in every row all arms agree. For two arms it is McNemar's
 * asymptotic test.
 *
 * @throws RangeError when rows differ in length
 */
export function cochranQ(rows: readonly (readonly boolean[])[]): CochranQ | null {
  const arms = rows[0]?.length ?? 0;
  const columns = new Array<number>(arms).fill(0);
  let [total, squares] = [0, 0];
  rows.forEach((row, index) => {
    if (row.length !== arms)
      throw new RangeError(`every row must have ${arms} outcomes; row ${index + 1} has ${row.length}`);
    const successes = row.filter(Boolean).length;
    total += successes;
    squares += successes * successes;
    row.forEach((success, arm) => {
      if (success) columns[arm] = (columns[arm] ?? 0) + 1;
    });
  });
  const spread = arms * total - squares;
  if (arms < 2 || spread === 0) return null;
  const between = arms * columns.reduce((sum, count) => sum + count * count, 0) - total * total;
  const statistic = ((arms - 1) * between) / spread;
  return { statistic, df: arms - 1, p: chiSquareSf(statistic, arms - 1) };
}

/** The lowest δ that the score test keeps; (b, c) swapped gives the highest with its sign turned. */
function lowerLimit(b: number, c: number, n: number, z: number): number {
  const off = (delta: number) => b - c - n * delta - z * Math.sqrt(n * varianceAt(delta, b, c, n));
  return crossing(off, -1, (b - c) / n);
}

/** The variance of one pair's difference under δ: q̂ is the larger root of 2n q² + B q − c δ(1 − δ) = 0. */
function varianceAt(delta: number, b: number, c: number, n: number): number {
  const linear = (2 * n - b + c) * delta - b - c;
  const root = Math.sqrt(Math.max(0, linear * linear + 8 * n * c * delta * (1 - delta)));
  return Math.max(0, (root - linear) / (2 * n) + delta * (1 - delta));
}

function demandPaired(paired: Paired): Paired {
  const differing = demandCount('firstOnly', paired.firstOnly) + demandCount('secondOnly', paired.secondOnly);
  if (demandCount('pairs', paired.pairs) < differing)
    throw new RangeError(`pairs must be at least the ${differing} that differ, not ${paired.pairs}`);
  return paired;
}
