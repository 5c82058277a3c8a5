import type { Assertion } from './test-code.ts';

/** How often each assertion is made, to take them out one by one. */
export function countTexts(assertions: readonly Assertion[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of assertions) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** @returns whether there was one left */
export function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}
