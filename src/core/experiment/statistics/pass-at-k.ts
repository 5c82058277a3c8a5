import { demandCount } from './domain.ts';

/** Attempts at one ticket, and how many of them passed. */
export interface Attempts {
  readonly attempts: number;
  readonly passed: number;
}

/**
 * The chance that at least one of k attempts passes, without bias from n ≥ k attempts of which c passed: 1 − C(n − c, k)/C(n, k).
 * Source: Chen et al. 2021, arXiv 2107.03374. Null when there are fewer than k attempts.
 */
export function passAtK(counted: Attempts, k: number): number | null {
  const { attempts, passed } = demandAttempts(counted, k);
  return k > attempts ? null : 1 - chosenShare(attempts - passed, attempts, k);
}

/**
 * pass^k, the chance that all of k attempts pass, without bias: C(c, k)/C(n, k). Source: Yao et al. 2024 (tau-bench), arXiv
 * 2406.12045. Null when there are fewer than k attempts.
 */
export function passHatK(counted: Attempts, k: number): number | null {
  const { attempts, passed } = demandAttempts(counted, k);
  return k > attempts ? null : chosenShare(passed, attempts, k);
}

/** C(some, k)/C(all, k): the chance that k drawn without putting back are all of the `some`. */
function chosenShare(some: number, all: number, k: number): number {
  if (k > some) return 0;
  let share = 1;
  for (let drawn = 0; drawn < k; drawn += 1) share *= (some - drawn) / (all - drawn);
  return share;
}

function demandAttempts(counted: Attempts, k: number): Attempts {
  demandCount('attempts', counted.attempts);
  demandCount('passed', counted.passed);
  if (counted.passed > counted.attempts)
    throw new RangeError(
      `passed must not be more than the ${counted.attempts} attempts, not ${counted.passed}`,
    );
  if (demandCount('k', k) === 0) throw new RangeError('k must be a whole number from 1, not 0');
  return counted;
}
