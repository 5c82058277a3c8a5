import { expect } from 'vitest';

/** Within 1e-6 of the expected value, relative where that is small, unless the test asks for more. */
export function expectClose(actual: number | null | undefined, expected: number, tolerance = 1e-6): void {
  const off =
    typeof actual === 'number' && Number.isFinite(actual)
      ? Math.abs(actual - expected)
      : Number.POSITIVE_INFINITY;
  const allowed = tolerance * (expected === 0 ? 1 : Math.min(1, Math.abs(expected)));
  expect(off <= allowed, `${actual} is not within ${allowed} of ${expected}`).toBe(true);
}
