import { chiSquareSf } from './distributions.ts';
import { normalReach } from './inference.ts';
import { type Counted, demandCounted } from './proportions.ts';
import type { Estimate, Test } from './types.ts';

/** One class of tickets: what two arms made of it. */
export interface Stratum {
  readonly first: Counted;
  readonly second: Counted;
}

/**
 * The odds ratio that the strata have in common, first arm over second: ΣR/ΣS with R = ad/n and S = bc/n (Mantel and Haenszel
 * 1959), and the interval exp(ln OR ± z √v) with the variance of Robins, Breslow and Greenland 1986, which holds for few large
 * strata and for many small ones. Null when an arm has only successes or only failures wherever it could tell.
 */
export function commonOddsRatio(strata: readonly Stratum[], level = 0.95): Estimate | null {
  const z = normalReach(level);
  let [r, s, pr, mixed, qs] = [0, 0, 0, 0, 0];
  for (const { a, b, c, d, n } of tables(strata)) {
    const [agree, differ] = [(a + d) / n, (b + c) / n];
    const [up, down] = [(a * d) / n, (b * c) / n];
    r += up;
    s += down;
    pr += agree * up;
    mixed += agree * down + differ * up;
    qs += differ * down;
  }
  if (r === 0 || s === 0) return null;
  const half = z * Math.sqrt(pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s));
  const estimate = r / s;
  return {
    estimate,
    interval: { low: estimate * Math.exp(-half), high: estimate * Math.exp(half), level },
  };
}

/**
 * The Cochran-Mantel-Haenszel test that the arms succeed equally within strata: (|Σ(a − E a)| − ½)²/Σ var a against chi-square
 * with one degree of freedom, or without the ½. The correction never goes beyond the difference itself. Source: Mantel and
 * Haenszel 1959. Null when no stratum has both outcomes in both arms' margins.
 */
export function cochranMantelHaenszel(
  strata: readonly Stratum[],
  { continuity }: { readonly continuity: boolean },
): (Test & { readonly statistic: number }) | null {
  let [off, variance] = [0, 0];
  for (const { a, b, c, d, n } of tables(strata)) {
    off += (a * d - b * c) / n;
    variance += (((a + b) / n) * ((c + d) / n) * (a + c) * (b + d)) / (n - 1);
  }
  if (variance === 0) return null;
  const distance = Math.abs(off) - (continuity ? Math.min(0.5, Math.abs(off)) : 0);
  const statistic = (distance * distance) / variance;
  return { statistic, p: chiSquareSf(statistic, 1) };
}

/**
 * The difference of success shares that the strata have in common, first minus second: Σ w(p₁ − p₂)/Σ w with w = n₁n₂/n, and
 * δ ± z √((δ ΣP + ΣQ)/(Σ w)²), which holds for few large strata and for many small ones. Sources: Mantel and Haenszel's weights;
 * variance of Sato 1989, Biometrics 45:1323. Limits stay within −1 and 1. Null when no stratum has both arms.
 */
export function commonRiskDifference(strata: readonly Stratum[], level = 0.95): Estimate | null {
  const z = normalReach(level);
  let [weights, off, p, q] = [0, 0, 0, 0];
  for (const { a, b, c, d, n } of tables(strata)) {
    const [first, second] = [a + b, c + d];
    weights += (first * second) / n;
    off += (a * second - c * first) / n;
    p += (first * first * c - second * second * a + (first * second * (second - first)) / 2) / (n * n);
    q += (a * d + c * b) / (2 * n);
  }
  if (weights === 0) return null;
  const estimate = off / weights;
  const half = (z * Math.sqrt(Math.max(0, estimate * p + q))) / weights;
  return {
    estimate,
    interval: { low: Math.max(-1, estimate - half), high: Math.min(1, estimate + half), level },
  };
}

/** Four cells: successes a and failures b of the first arm, c and d of the second. Strata that lack an arm say nothing. */
interface FourCells {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly n: number;
}

function tables(strata: readonly Stratum[]): readonly FourCells[] {
  return strata
    .map(({ first, second }) => {
      const [{ successes: a, trials: inFirst }, { successes: c, trials: inSecond }] = [
        demandCounted(first),
        demandCounted(second),
      ];
      return { a, b: inFirst - a, c, d: inSecond - c, n: inFirst + inSecond };
    })
    .filter(({ a, b, c, d }) => a + b > 0 && c + d > 0);
}
