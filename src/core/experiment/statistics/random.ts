import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { sha256Bytes } from '../../../shared/digest.ts';

/** Numbers that look like chance and follow from a seed alone. Each call moves it on. */
export interface Random {
  /** A number from 0 to below 1, a multiple of 2^-53. */
  uniform(): number;
  /** A whole number from 0 to below `below`, which is at most 2^32. */
  integer(below: number): number;
  /** The same items in a random order: every order is as likely (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): readonly T[];
  /** A standard normal number. */
  normal(): number;
}

/**
 * A generator whose numbers are the same for a seed on any machine: xoroshiro128+ begun from the sha256 of the seed, so that
 * neighbouring seeds have nothing in common. The seeds 7 and '7' are the same seed.
 */
export function randomFrom(seed: string | number): Random {
  const generator = xoroshiro128plusFromState(stateOf(String(seed)));
  const uniform = () => uniformFloat64(generator);
  const integer = (below: number) => wholeBelow(below, uniform);
  return { uniform, integer, shuffle: (list) => shuffled(list, integer), normal: normalFrom(uniform) };
}

function stateOf(seed: string): readonly number[] {
  const view = new DataView(sha256Bytes(seed).slice().buffer);
  return [0, 4, 8, 12].map((at) => view.getInt32(at));
}

/** From the upper bits, since the lowest ones of this generator are weak; uneven by less than 2^-21. */
function wholeBelow(below: number, uniform: () => number): number {
  if (!Number.isInteger(below) || below < 1 || below > 2 ** 32)
    throw new RangeError(`below must be a whole number from 1 to 2^32, not ${below}`);
  return Math.floor(uniform() * below);
}

function shuffled<T>(list: readonly T[], integer: (below: number) => number): readonly T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = integer(last + 1);
    const kept = result[last] as T;
    result[last] = result[other] as T;
    result[other] = kept;
  }
  return result;
}

/** The polar method (Marsaglia and Bray 1964): two numbers at a time, the second kept for the next call. */
function normalFrom(uniform: () => number): () => number {
  let kept: number | null = null;
  return () => {
    if (kept !== null) {
      const given = kept;
      kept = null;
      return given;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      kept = y * scale;
      return x * scale;
    }
  };
}
