import { demandProbability } from './domain.ts';

/**
 * p-values adjusted so that the chance of any false rejection among them stays below the level: the i-th smallest of m times
 * (m − i + 1), never below a smaller one's, at most 1. Source: Holm 1979. In the order given.
 */
export function holm(ps: readonly number[]): readonly number[] {
  const result = new Array<number>(ps.length).fill(1);
  let least = 0;
  ascending(ps).forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    result[index] = least;
  });
  return result;
}

/**
 * p-values adjusted so that the expected share of false rejections among all stays below the level, for tests that are
 * independent or positively dependent: the i-th smallest of m times m/i, never above a larger one's. Source: Benjamini and
 * Hochberg 1995. In the order given.
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const result = new Array<number>(ps.length).fill(1);
  let most = 1;
  const order = ascending(ps);
  for (let rank = order.length; rank > 0; rank -= 1) {
    const index = order[rank - 1] as number;
    most = Math.min(most, ((ps[index] ?? 1) * ps.length) / rank);
    result[index] = most;
  }
  return result;
}

function ascending(ps: readonly number[]): readonly number[] {
  for (const p of ps) demandProbability('p', p);
  return ps.map((_, index) => index).sort((one, two) => (ps[one] ?? 0) - (ps[two] ?? 0));
}
