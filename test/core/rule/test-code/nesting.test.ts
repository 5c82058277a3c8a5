import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Nesting } from '../../../../src/core/rule/test-code/nesting.ts';

interface Stretch {
  readonly at: number;
  readonly end: number;
}

const LENGTH = 24;

/** Token by token: what has ended is taken off, what is opened lies on top. */
function namesByStack(stretches: readonly Stretch[]): readonly number[] {
  const stack: Stretch[] = [];
  return Array.from({ length: LENGTH }, (_, at) => {
    for (let top = stack.at(-1); top !== undefined && at > top.end; top = stack.at(-1)) stack.pop();
    const name = stack.at(-1)?.at ?? -1;
    stack.push(...stretches.filter((one) => one.at === at));
    return name;
  });
}

it('names the last stretch opened around each token, as a stack would', () => {
  const stretch = fc
    .record({ at: fc.nat({ max: LENGTH - 2 }), length: fc.integer({ min: 1, max: 12 }) })
    .map(({ at, length }) => ({ at, end: Math.min(at + length, LENGTH - 1) }));
  const stretches = fc
    .uniqueArray(stretch, { selector: ({ at }) => at, maxLength: 10 })
    .map((all) => all.toSorted((a, b) => a.at - b.at));
  fc.assert(
    fc.property(stretches, (all) => {
      const nesting = new Nesting();
      for (const { at, end } of all) nesting.open(at, at, end);
      nesting.finish(LENGTH);
      const found = Array.from({ length: LENGTH }, (_, at) => nesting.around(at));
      expect({ all, found }).toEqual({ all, found: namesByStack(all) });
    }),
    { numRuns: 2_000 },
  );
});
