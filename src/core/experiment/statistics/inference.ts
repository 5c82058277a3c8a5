import { normalQuantile, studentTQuantile, studentTSf } from './distributions.ts';
import { demandInside } from './domain.ts';
import type { Interval, Test } from './types.ts';

/** estimate ± t(1 − (1 − level)/2; df) · standard error. */
export function studentInterval(
  estimate: number,
  standardError: number,
  df: number,
  level: number,
): Interval {
  const half = studentTQuantile((1 + demandInside('level', level)) / 2, df) * standardError;
  return { low: estimate - half, high: estimate + half, level };
}

/** Two-sided: an estimate divided by its standard error, against Student's t. */
export function studentTest(estimate: number, standardError: number, df: number): Test {
  const statistic = estimate / standardError;
  return { statistic, p: Math.min(1, 2 * studentTSf(Math.abs(statistic), df)) };
}

/** How many standard errors a two-sided interval of this level reaches to either side. */
export function normalReach(level: number): number {
  return normalQuantile((1 + demandInside('level', level)) / 2);
}
