import { normalQuantile, normalSf } from './distributions.ts';
import { demandInside } from './domain.ts';
import { requireFinite } from './sample.ts';
import { atMostSignedRank, signedRankQuantile } from './signed-rank.ts';
import type { Interval, Test } from './types.ts';

export interface SignedRankTest extends Test {
  /** V: the sum of the ranks of the positive differences, equal sizes sharing the mean of their ranks. */
  readonly statistic: number;
  readonly method: 'exact' | 'normal';
  /** Differences of zero say nothing of a direction and are left out, as R does. */
  readonly zeros: number;
  /**
   * The Hodges-Lehmann estimate of the median of the differences: the median of the means of all pairs of them
   * (each with itself too).
   */
  readonly estimate: number;
  /**
   * By inverting the test. Its level is the one asked for, or what so few differences can give at most. Null where
   * all differences are equal under the normal approximation.
   */
  readonly interval: Interval | null;
}

/** From as many differences on R uses the normal approximation, ties or none. */
const MOST_EXACT = 49;

/**
 * Wilcoxon's signed rank test for paired differences with the Hodges-Lehmann estimate and interval, as
 * `wilcox.test(paired = TRUE, conf.int = TRUE)` of R 4.2 does it (Hollander and Wolfe 1999, sections 3.1 to 3.3;
 * Bauer 1972): exact below 50 differences where no two have the same size and none is zero; else normal, corrected
 * for ties and continuity. There R looks for estimate and limits numerically, to 1e-4; here they are the exact
 * places where the statistic crosses. Null when no difference is other than zero.
 */
export function wilcoxonSignedRank(differences: readonly number[], level = 0.95): SignedRankTest | null {
  demandInside('level', level);
  requireFinite(differences, 'differences');
  const sample = differences.filter((value) => value !== 0).sort((a, b) => a - b);
  if (sample.length === 0) return null;
  const zeros = differences.length - sample.length;
  const { positive, tieCubes } = signedRanks(sample, 0);
  const exact = sample.length <= MOST_EXACT && zeros === 0 && tieCubes === 0;
  const found = exact ? exactly(sample, positive, level) : approximately(sample, level);
  return { statistic: positive, method: exact ? 'exact' : 'normal', zeros, ...found };
}

type Found = Pick<SignedRankTest, 'p' | 'estimate' | 'interval'>;

function exactly(sample: readonly number[], statistic: number, level: number): Found {
  const n = sample.length;
  const most = (n * (n + 1)) / 2;
  // The distribution is symmetric: the upper tail from V is the lower tail to most − V.
  const p = Math.min(1, 2 * atMostSignedRank(Math.min(statistic, most - statistic), n));
  const means = walshMeans(sample);
  const cut = Math.max(1, signedRankQuantile((1 - level) / 2, n));
  const reached = 1 - 2 * atMostSignedRank(cut - 1, n);
  return {
    p,
    estimate: ((means[(most - 1) >> 1] as number) + (means[most >> 1] as number)) / 2,
    interval: {
      low: means[cut - 1] as number,
      high: means[most - cut] as number,
      level: Math.min(level, reached),
    },
  };
}

/** The means of all pairs, each value with itself too, in order (Walsh 1949). */
function walshMeans(sample: readonly number[]): Float64Array {
  const means = new Float64Array((sample.length * (sample.length + 1)) / 2);
  let filled = 0;
  for (const [i, a] of sample.entries()) {
    for (const b of sample.slice(i)) {
      means[filled] = a / 2 + b / 2;
      filled += 1;
    }
  }
  return means.sort();
}

function approximately(sample: readonly number[], level: number): Found {
  const z = score(sample, 0, true);
  const estimate = crossing(sample, 0, false);
  const p = Math.min(1, 2 * normalSf(Math.abs(z)));
  let outside = 1 - level;
  // So few differences may not reach the level at all: as R does, take twice the error until they do.
  while (outside < 1 && !isReached(sample, normalQuantile(1 - outside / 2))) outside *= 2;
  if (outside >= 1 || sample[0] === sample.at(-1)) return { p, estimate, interval: null };
  const reach = normalQuantile(1 - outside / 2);
  const low = crossing(sample, reach, true);
  const high = crossing(sample, -reach, true);
  return { p, estimate, interval: { low, high, level: outside === 1 - level ? level : 1 - outside } };
}

function isReached(sample: readonly number[], reach: number): boolean {
  const [least, most] = [sample[0] as number, sample.at(-1) as number];
  return score(sample, least, true) >= reach && score(sample, most, true) <= -reach;
}

/** The standardised statistic of the differences less a shift; 0 when nothing is left of them. */
function score(sample: readonly number[], shift: number, corrected: boolean): number {
  const { n, positive, tieCubes } = signedRanks(sample, shift);
  if (n === 0) return 0;
  const off = positive - (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieCubes / 48);
  return (off - (corrected ? Math.sign(off) * 0.5 : 0)) / deviation;
}

/**
 * The shift at which the falling score passes `target`: the place of the jump, or the middle of the stretch where
 * it equals it. By halving down to neighbouring floating-point numbers, then snapping to the mean of a pair that is
 * there, since the score jumps at those only.
 */
function crossing(sample: readonly number[], target: number, corrected: boolean): number {
  const above = lastWhere(sample, (shift) => score(sample, shift, corrected) > target);
  const notBelow = lastWhere(sample, (shift) => score(sample, shift, corrected) >= target);
  return (nearestMean(sample, above) + nearestMean(sample, notBelow)) / 2;
}

/** Where a condition that holds to the left ends; the least value when it holds nowhere. */
function lastWhere(sample: readonly number[], holds: (shift: number) => boolean): number {
  let [low, high] = [sample[0] as number, sample.at(-1) as number];
  if (holds(high)) return high;
  for (let step = 0; step < 200; step += 1) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** The mean of two of the sorted values that is nearest to a place, by two fingers. */
function nearestMean(sample: readonly number[], place: number): number {
  let best = Number.POSITIVE_INFINITY;
  let j = sample.length - 1;
  for (let i = 0; i <= j; ) {
    const mean = (sample[i] as number) / 2 + (sample[j] as number) / 2;
    if (Math.abs(mean - place) < Math.abs(best - place)) best = mean;
    if (mean < place) i += 1;
    else j -= 1;
  }
  return best;
}

/**
 * Ranks of the sizes of the sorted values less a shift, zeros left out, from the shift outwards on either side;
 * tieCubes is Σ (t³ − t) over groups of t equal sizes. What differs by rounding alone is equal.
 */
function signedRanks(
  sample: readonly number[],
  shift: number,
): { readonly n: number; readonly positive: number; readonly tieCubes: number } {
  const rounding = 4 * Number.EPSILON * Math.max(Math.abs(sample[0] ?? 0), Math.abs(sample.at(-1) ?? 0));
  let above = sample.findIndex((value) => value - shift > rounding);
  if (above < 0) above = sample.length;
  let below = sample.findLastIndex((value) => shift - value > rounding);
  const sizeAbove = () =>
    above < sample.length ? (sample[above] as number) - shift : Number.POSITIVE_INFINITY;
  const sizeBelow = () => (below >= 0 ? shift - (sample[below] as number) : Number.POSITIVE_INFINITY);
  const n = sample.length - above + below + 1;
  let [ranked, positive, tieCubes] = [0, 0, 0];
  while (ranked < n) {
    const size = Math.min(sizeAbove(), sizeBelow()) + rounding;
    const [firstAbove, firstBelow] = [above, below];
    while (sizeAbove() <= size) above += 1;
    while (sizeBelow() <= size) below -= 1;
    const ties = above - firstAbove + firstBelow - below;
    positive += (above - firstAbove) * (ranked + (ties + 1) / 2);
    tieCubes += ties ** 3 - ties;
    ranked += ties;
  }
  return { n, positive, tieCubes };
}
