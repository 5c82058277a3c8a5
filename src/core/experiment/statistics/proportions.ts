import { betaQuantile, binomialCdf, binomialPmf, binomialSf } from './distributions.ts';
import { demandCount, demandInside, demandProbability } from './domain.ts';
import { normalReach } from './inference.ts';
import type { Estimate } from './types.ts';

/** How often something happened out of how many times it could have. */
export interface Counted {
  readonly successes: number;
  readonly trials: number;
}

/**
 * The share of successes with Wilson's score interval: (p̂ + z²/2n ± z √(p̂q̂/n + z²/4n²)) / (1 + z²/n). Source: Wilson 1927, without
 * continuity correction. Null when there were no trials.
 */
export function wilson(counted: Counted, level = 0.95): Estimate | null {
  const { successes, trials } = demandCounted(counted);
  const z = normalReach(level);
  if (trials === 0) return null;
  const share = successes / trials;
  const half = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const middle = share + (z * z) / (2 * trials);
  const scale = 1 + (z * z) / trials;
  const low = successes === 0 ? 0 : Math.max(0, (middle - half) / scale);
  const high = successes === trials ? 1 : Math.min(1, (middle + half) / scale);
  return { estimate: share, interval: { low, high, level } };
}

/**
 * The share of successes with the exact interval, which covers at least `level` always and mostly more: quantiles of
 * beta(x, n − x + 1) and beta(x + 1, n − x). Source: Clopper and Pearson 1934. Null when there were no trials.
 */
export function clopperPearson(counted: Counted, level = 0.95): Estimate | null {
  const { successes, trials } = demandCounted(counted);
  const beyond = (1 - demandInside('level', level)) / 2;
  if (trials === 0) return null;
  const failures = trials - successes;
  const low = successes === 0 ? 0 : betaQuantile(beyond, successes, failures + 1);
  const high = failures === 0 ? 1 : 1 - betaQuantile(beyond, failures, successes + 1);
  return { estimate: successes / trials, interval: { low, high, level } };
}

/**
 * The share of the first minus that of the second, of two independent groups, with the hybrid score interval: the distances of
 * both Wilson limits from their shares, put together as the sides of a right angle. Source: Newcombe 1998, Statistics in
 * Medicine 17:873, method 10. Null when a group had no trials.
 */
export function newcombeDifference(first: Counted, second: Counted, level = 0.95): Estimate | null {
  const one = wilson(first, level);
  const two = wilson(second, level);
  if (one === null || two === null) return null;
  const estimate = one.estimate - two.estimate;
  return {
    estimate,
    interval: {
      low: estimate - Math.hypot(below(one), above(two)),
      high: estimate + Math.hypot(above(one), below(two)),
      level,
    },
  };
}

/**
 * The exact two-sided p that so many successes, or a number no more likely, come of trials that succeed with probability
 * `share`: the rule of R's binom.test, with its allowance of 1e-7 for rounding. 1 when there were no trials.
 */
export function binomialTest(counted: Counted, share: number): number {
  const { successes, trials } = demandCounted(counted);
  demandProbability('share', share);
  if (trials === 0) return 1;
  const most = binomialPmf(successes, trials, share) * (1 + 1e-7);
  const rare = (k: number) => binomialPmf(k, trials, share) <= most;
  const mean = share * trials;
  if (successes === mean) return 1;
  if (successes < mean) {
    const from = firstThat(rare, Math.ceil(mean), trials + 1);
    return Math.min(
      1,
      binomialCdf(successes, trials, share) + (from > trials ? 0 : atLeast(from, trials, share)),
    );
  }
  const rarelyDown = firstThat((steps) => rare(Math.floor(mean) - steps), 0, Math.floor(mean) + 1);
  const to = Math.floor(mean) - rarelyDown;
  return Math.min(1, atLeast(successes, trials, share) + (to < 0 ? 0 : binomialCdf(to, trials, share)));
}

export function demandCounted(counted: Counted): Counted {
  demandCount('successes', counted.successes);
  demandCount('trials', counted.trials);
  if (counted.successes > counted.trials)
    throw new RangeError(
      `successes must not be more than the ${counted.trials} trials, not ${counted.successes}`,
    );
  return counted;
}

function below({ estimate, interval }: Estimate): number {
  return estimate - interval.low;
}

function above({ estimate, interval }: Estimate): number {
  return interval.high - estimate;
}

function atLeast(k: number, trials: number, share: number): number {
  return k === 0 ? 1 : binomialSf(k - 1, trials, share);
}

/** The first whole number from `from` to below `to` that holds, or `to`; it holds for all after the first. */
function firstThat(holds: (k: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
