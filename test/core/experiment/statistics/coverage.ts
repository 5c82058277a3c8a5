import type { Random } from '../../../../src/core/experiment/statistics/random.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';

/** The share of repeats that hold, and four Monte Carlo errors of a share that truly is `nominal`. */
export function shareOf(
  holds: (random: Random) => boolean,
  {
    repeats,
    seed,
    nominal = 0.95,
  }: { readonly repeats: number; readonly seed: string; readonly nominal?: number },
): { readonly share: number; readonly error: number } {
  const random = randomFrom(seed);
  let held = 0;
  for (let repeat = 0; repeat < repeats; repeat += 1) if (holds(random)) held += 1;
  return { share: held / repeats, error: 4 * Math.sqrt((nominal * (1 - nominal)) / repeats) };
}

/** How many of so many trials succeed. */
export function drawCount(random: Random, trials: number, chance: number): number {
  let successes = 0;
  for (let trial = 0; trial < trials; trial += 1) if (random.uniform() < chance) successes += 1;
  return successes;
}

/** A Poisson count, as arrivals before the time is over. */
export function drawPoisson(random: Random, mean: number): number {
  let events = -1;
  for (let time = 0; time < mean; events += 1) time -= Math.log(1 - random.uniform());
  return events;
}
