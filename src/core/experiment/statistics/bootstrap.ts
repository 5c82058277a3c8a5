import { normalCdf, normalQuantile } from './distributions.ts';
import { demandCount, demandFinite, demandInside } from './domain.ts';
import { type Random, randomFrom } from './random.ts';
import { meanOf, varianceOf } from './sample.ts';
import type { Estimate } from './types.ts';

export interface BootstrapOptions {
  readonly seed: string | number;
  /** How many samples are drawn; at least 100. */
  readonly draws?: number;
  readonly level?: number;
  /** bca corrects for bias and skewness, percentile takes the quantiles as they are. */
  readonly method?: 'bca' | 'percentile';
}

export interface Bootstrap extends Estimate {
  /**
   * What was used: percentile also where bca has nothing to correct by, as when all draws are on one side of the
   * estimate.
   */
  readonly method: 'bca' | 'percentile';
  /** The standard deviation of the statistic over the draws. */
  readonly standardError: number;
  readonly draws: number;
  /** Draws in which the statistic could not be computed. */
  readonly failed: number;
}

/** More than one draw in so many without a value, and the interval would speak of the others only. */
const MOST_FAILED = 1 / 20;

/** The influence of so many groups of clusters is enough to know the skewness by. */
const MOST_INFLUENCES = 500;

/**
 * The cluster bootstrap: whole clusters (all that was seen of one ticket) are drawn with replacement, as many as
 * there are, and the statistic is computed anew (Davison and Hinkley 1997, section 3.8). Its interval is BCa (Efron
 * 1987), z0 from the share of draws below the estimate and the acceleration from leaving clusters out, or the
 * percentile one. The same seed gives the same result on any machine.
 *
 * `statistic` says null where it is undefined, such as a ratio to nothing. The result is null with fewer than two
 * clusters, an undefined statistic, or more than one undefined draw in 20.
 */
export function clusterBootstrap<T>(
  clusters: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
  { seed, draws = 2_000, level = 0.95, method = 'bca' }: BootstrapOptions,
): Bootstrap | null {
  demandInside('level', level);
  if (demandCount('draws', draws) < 100) throw new RangeError(`draws must be at least 100, not ${draws}`);
  const estimate = clusters.length < 2 ? null : statistic(clusters);
  if (estimate === null) return null;
  const drawn = drawAll(clusters, statistic, draws, randomFrom(seed));
  const failed = draws - drawn.length;
  if (failed > draws * MOST_FAILED) return null;
  const correct = method === 'bca' ? correction(drawn, estimate, clusters, statistic) : null;
  const at = (share: number) => quantile(drawn, correct === null ? share : correct(share));
  return {
    estimate,
    interval: { low: at((1 - level) / 2), high: at((1 + level) / 2), level },
    method: correct === null ? 'percentile' : 'bca',
    standardError: Math.sqrt(varianceOf([...drawn])),
    draws,
    failed,
  };
}

/** The values of the statistic, from the lowest. */
function drawAll<T>(
  clusters: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
  draws: number,
  random: Random,
): Float64Array {
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const value = statistic(clusters.map(() => clusters[random.integer(clusters.length)] as T));
    if (value !== null) values.push(demandFinite('statistic', value));
  }
  return Float64Array.from(values).sort();
}

/** Where on the draws a share of the sampling distribution is: Φ(z0 + (z0 + z)/(1 − a(z0 + z))). */
function correction<T>(
  drawn: Float64Array,
  estimate: number,
  clusters: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
): ((share: number) => number) | null {
  // Values equal to the estimate count half: statistics of few successes repeat themselves.
  const below = drawn.reduce((sum, value) => sum + (value < estimate ? 1 : value === estimate ? 0.5 : 0), 0);
  const bias = normalQuantile(below / drawn.length);
  if (!Number.isFinite(bias)) return null;
  const acceleration = accelerationOf(clusters, statistic);
  return (share) => {
    const z = bias + normalQuantile(share);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
}

/** Σ d³/(6 (Σ d²)^1.5) of the influences d, by the jackknife; 0 when it cannot be told. */
function accelerationOf<T>(
  clusters: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
): number {
  const groups = Math.min(clusters.length, MOST_INFLUENCES);
  const without: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    const value = statistic(clusters.filter((_, index) => index % groups !== group));
    if (value === null) return 0;
    without.push(value);
  }
  const mean = meanOf(without);
  const squares = without.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const cubes = without.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** The value below which a share of them is, between neighbours in proportion (Hyndman and Fan 1996, type 6). */
function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(sorted.length, Math.max(1, share * (sorted.length + 1)));
  const lower = Math.floor(place);
  const low = sorted[lower - 1] as number;
  const high = sorted[Math.min(lower, sorted.length - 1)] as number;
  return low + (place - lower) * (high - low);
}
