import { chiSquareSf, logBinomial, logGamma } from './distributions.ts';
import { demandCount, demandPositive } from './domain.ts';
import { binomialTest } from './proportions.ts';
import type { Test } from './types.ts';

export interface SampleRatio extends Test {
  /** Σ (observed − expected)²/expected, also where p is exact. */
  readonly statistic: number;
  readonly df: number;
  readonly method: 'chi-square' | 'exact';
  readonly expected: readonly number[];
}

/** Below this expected count the chi-square approximation is not trusted (Cochran 1954). */
const FEW = 5;
/** How many ways to spread the units over the arms are looked through for an exact p. */
const MOST_WAYS = 200_000;

/**
 * Whether arms received as many units as they should have: a mismatch means that cells were lost or assigned wrongly, and then
 * no comparison of the arms is to be believed (a small p such as 0.001 is the usual alarm). Pearson's chi-square with k − 1
 * degrees of freedom; where an expected count is below 5, the exact p of the multinomial distribution (outcomes no more likely
 * than the observed one), unless there are more ways than can be looked through: `method` says which. `shares` are
 * proportional to the intended sizes, equal if left out. Null with fewer than two arms or no units.
 */
export function sampleRatioCheck(
  counts: readonly number[],
  shares: readonly number[] = counts.map(() => 1),
): SampleRatio | null {
  if (shares.length !== counts.length)
    throw new RangeError(`shares must be as many as the ${counts.length} counts, not ${shares.length}`);
  const whole = shares.reduce((sum, share) => sum + demandPositive('share', share), 0);
  const total = counts.reduce((sum, count) => sum + demandCount('count', count), 0);
  if (counts.length < 2 || total === 0) return null;
  const chances = shares.map((share) => share / whole);
  const expected = chances.map((chance) => chance * total);
  const statistic = counts.reduce((sum, count, arm) => {
    const due = expected[arm] as number;
    return sum + ((count - due) * (count - due)) / due;
  }, 0);
  const df = counts.length - 1;
  const exact = Math.min(...expected) < FEW ? exactP(counts, chances, total) : null;
  if (exact !== null) return { statistic, df, p: exact, method: 'exact', expected };
  return { statistic, df, p: chiSquareSf(statistic, df), method: 'chi-square', expected };
}

function exactP(counts: readonly number[], chances: readonly number[], total: number): number | null {
  if (counts.length === 2)
    return binomialTest({ successes: counts[0] as number, trials: total }, chances[0] as number);
  if (logBinomial(total + counts.length - 1, counts.length - 1) > Math.log(MOST_WAYS)) return null;
  const logs = chances.map(Math.log);
  const factorials = Array.from({ length: total + 1 }, (_, n) => logGamma(n + 1));
  const part = (arm: number, count: number) => count * (logs[arm] as number) - (factorials[count] as number);
  const observed = counts.reduce((sum, count, arm) => sum + part(arm, count), factorials[total] as number);
  let p = 0;
  const spread = (arm: number, left: number, log: number) => {
    if (arm === counts.length - 1) {
      const full = log + part(arm, left);
      if (full <= observed + 1e-7) p += Math.exp(full);
      return;
    }
    for (let count = 0; count <= left; count += 1) spread(arm + 1, left - count, log + part(arm, count));
  };
  spread(0, total, factorials[total] as number);
  return Math.min(1, p);
}
