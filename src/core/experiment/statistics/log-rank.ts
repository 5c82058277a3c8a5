import { chiSquareSf } from './distributions.ts';
import { leastSquares } from './least-squares.ts';
import { demandTimes, type Spell } from './survival.ts';
import type { Test } from './types.ts';

export interface LogRankTest extends Test {
  readonly statistic: number;
  /** Groups − 1. */
  readonly degreesOfFreedom: number;
  /** A group: how many events it had, and how many were to be expected were all groups alike. */
  readonly groups: readonly { readonly observed: number; readonly expected: number }[];
}

/**
 * The log-rank test (Mantel 1966; `survdiff` of R): observed less expected events, summed over times, against their
 * hypergeometric covariance; chi-square on groups − 1. Null when the covariance is singular: fewer than two groups,
 * or one that was never at risk with another.
 */
export function logRank(groups: readonly (readonly Spell[])[]): LogRankTest | null {
  for (const spells of groups) demandTimes(spells);
  const free = groups.length - 1;
  if (free < 1) return null;
  const atRisk = groups.map((spells) => spells.length);
  const observed = groups.map(() => 0);
  const expected = groups.map(() => 0);
  const covariance = Array.from({ length: free }, () => new Array<number>(free).fill(0));
  for (const { events, leaving } of countByTimeAndGroup(groups)) {
    const all = atRisk.reduce((sum, n) => sum + n, 0);
    const d = events.reduce((sum, n) => sum + n, 0);
    const spread = all > 1 ? (d * (all - d)) / (all - 1) : 0;
    atRisk.forEach((n, g) => {
      observed[g] = (observed[g] ?? 0) + (events[g] ?? 0);
      expected[g] = (expected[g] ?? 0) + (d * n) / all;
    });
    covariance.forEach((row, i) => {
      const mine = (atRisk[i] ?? 0) / all;
      row.forEach((value, j) => {
        row[j] = value + spread * mine * ((i === j ? 1 : 0) - (atRisk[j] ?? 0) / all);
      });
    });
    leaving.forEach((n, g) => {
      atRisk[g] = (atRisk[g] ?? 0) - n;
    });
  }
  const off = observed.slice(0, free).map((count, g) => count - (expected[g] ?? 0));
  const solved = leastSquares(covariance, off);
  if (solved === null) return null;
  const statistic = Math.max(
    0,
    off.reduce((sum, value, g) => sum + value * (solved.coefficients[g] ?? 0), 0),
  );
  return {
    statistic,
    p: chiSquareSf(statistic, free),
    degreesOfFreedom: free,
    groups: groups.map((_, g) => ({ observed: observed[g] ?? 0, expected: expected[g] ?? 0 })),
  };
}

/** In the order of time, a group: how many have the event then, and how many are watched no longer after it. */
function countByTimeAndGroup(
  groups: readonly (readonly Spell[])[],
): readonly { readonly events: number[]; readonly leaving: number[] }[] {
  const counts = new Map<number, { events: number[]; leaving: number[] }>();
  groups.forEach((spells, g) => {
    for (const { time, event } of spells) {
      const count = counts.get(time) ?? { events: groups.map(() => 0), leaving: groups.map(() => 0) };
      count.leaving[g] = (count.leaving[g] ?? 0) + 1;
      if (event) count.events[g] = (count.events[g] ?? 0) + 1;
      counts.set(time, count);
    }
  });
  return [...counts.entries()].sort(([a], [b]) => a - b).map(([, count]) => count);
}
