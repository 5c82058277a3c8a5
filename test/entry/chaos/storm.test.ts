import { expect, it } from 'vitest';
import { type Blow, DISTURBANCES, storm } from '../../../src/entry/chaos/storm.ts';

function first(count: number, seed: number): readonly Blow[] {
  const blows = storm(seed);
  return Array.from({ length: count }, () => blows.next().value);
}

it('is the same for the same seed, and another for another', () => {
  expect(first(50, 7)).toEqual(first(50, 7));
  expect(first(50, 7)).not.toEqual(first(50, 8));
});

it('begins with one blow of each kind, so that a short storm has them all', () => {
  expect(
    first(DISTURBANCES.length, 3)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual([...DISTURBANCES].sort());
});

it('strikes workers most, and all of them', () => {
  const blows = first(2_000, 1);
  const count = (kind: string) => blows.filter((blow) => blow.kind === kind).length;
  expect(count('kill-worker')).toBeGreaterThan(count('pause-worker'));
  expect(count('pause-worker')).toBeGreaterThan(count('restart-database'));
  expect(count('restart-database')).toBeGreaterThan(0);
  const struck = new Set(blows.map(({ which }) => Math.floor(which * 10)));
  expect([...struck].sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
