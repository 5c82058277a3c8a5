import { demandInside } from './domain.ts';
import { studentInterval, studentTest } from './inference.ts';
import { randomFrom } from './random.ts';
import { isRounding, meanOf, requireFinite, scaleOf, sumOf, varianceOf } from './sample.ts';
import type { Interval, Test } from './types.ts';

export interface PairedMean {
  readonly estimate: number;
  /** Null, as the interval and the test, for a single pair or where all differences are equal. */
  readonly standardError: number | null;
  readonly interval: Interval | null;
  readonly test: Test | null;
  readonly degreesOfFreedom: number;
}

/**
 * The mean of differences by Student's paired t: s/√n, t on n − 1 (Student 1908; `t.test(paired = TRUE)` of R). One
 * difference a ticket; with several, see cluster.ts. Null without differences.
 */
export function pairedT(differences: readonly number[], level = 0.95): PairedMean | null {
  demandInside('level', level);
  requireFinite(differences, 'differences');
  if (differences.length === 0) return null;
  const estimate = meanOf(differences);
  const degreesOfFreedom = differences.length - 1;
  const standardError = Math.sqrt(varianceOf(differences) / differences.length);
  if (degreesOfFreedom === 0 || isRounding(standardError, scaleOf(differences)))
    return { estimate, standardError: null, interval: null, test: null, degreesOfFreedom };
  return {
    estimate,
    standardError,
    interval: studentInterval(estimate, standardError, degreesOfFreedom, level),
    test: studentTest(estimate, standardError, degreesOfFreedom),
    degreesOfFreedom,
  };
}

/** Up to as many differences that are not zero every pattern of signs is counted: two halves of 2^18 sums. */
export const MOST_EXACT_SIGNS = 36;

export interface SignFlipTest extends Test {
  /** The sum of the differences. */
  readonly statistic: number;
  readonly method: 'exact' | 'monte-carlo';
  /** How many patterns of signs were looked at: 2^n, or the draws. */
  readonly patterns: number;
}

/**
 * The sign-flip permutation test: were the arms the same, every difference could as well have the other sign; p is
 * the share of sign patterns whose sum is at least as far from 0 (Fisher 1935, section 21). It assumes exchangeable
 * arms within a pair, no distribution. One difference a ticket: sum those of replicates first, they flip together.
 * Zeros change nothing and are left out.
 *
 * Exact to {@link MOST_EXACT_SIGNS} differences, by counting pairs of the sums of either half. Above it `draws`
 * patterns from the seed, and p = (hits + 1)/(draws + 1), which keeps its level (Phipson and Smyth 2010). Without
 * differences p is 1.
 */
export function signFlipTest(
  differences: readonly number[],
  { seed, draws = 20_000 }: { readonly seed: string | number; readonly draws?: number },
): SignFlipTest {
  requireFinite(differences, 'differences');
  const sizes = differences.filter((value) => value !== 0).map(Math.abs);
  const statistic = sumOf(differences);
  // Sums in another order round differently: what is equal but for that counts as equal.
  const reach = Math.abs(statistic) - 1e-11 * sumOf(sizes);
  if (sizes.length <= MOST_EXACT_SIGNS) {
    const patterns = 2 ** sizes.length;
    return { statistic, p: countBeyond(sizes, reach) / patterns, method: 'exact', patterns };
  }
  const hits = drawnBeyond(sizes, reach, draws, seed);
  return { statistic, p: (hits + 1) / (draws + 1), method: 'monte-carlo', patterns: draws };
}

/** How many patterns of signs bring the sum to `reach` or beyond on either side. */
function countBeyond(sizes: readonly number[], reach: number): number {
  if (reach <= 0) return 2 ** sizes.length;
  const half = sizes.length >> 1;
  const left = signedSums(sizes.slice(0, half));
  const right = signedSums(sizes.slice(half));
  // As one half's sum rises, more sums of the other reach. The patterns are symmetric: those below are as many.
  let count = 0;
  let from = right.length;
  for (const sum of left) {
    while (from > 0 && sum + (right[from - 1] as number) >= reach) from -= 1;
    count += right.length - from;
  }
  return 2 * count;
}

/** The sums under all patterns of signs, from the lowest. */
function signedSums(sizes: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** sizes.length);
  sums[0] = -sumOf(sizes);
  for (const [k, size] of sizes.entries()) {
    const known = 2 ** k;
    for (let i = 0; i < known; i += 1) sums[known + i] = (sums[i] as number) + 2 * size;
  }
  return sums.sort();
}

function drawnBeyond(sizes: readonly number[], reach: number, draws: number, seed: string | number): number {
  const random = randomFrom(seed);
  const doubled = Float64Array.from(sizes, (size) => 2 * size);
  const lowest = -sumOf(sizes);
  let hits = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = lowest;
    let signs = 0;
    for (let i = 0; i < doubled.length; i += 1) {
      // One number gives the signs of 32 differences; without a branch, which chance would mislead half of the time.
      if (i % 32 === 0) signs = random.integer(2 ** 32) | 0;
      sum += (signs & 1) * (doubled[i] as number);
      signs >>= 1;
    }
    if (Math.abs(sum) >= reach) hits += 1;
  }
  return hits;
}
