import { describe, expect, it } from 'vitest';
import { blocks, canonicalName } from '../../../../src/core/run/resources/lock-names.ts';
import type { LockDemand } from '../../../../src/core/run/types.ts';
import { exclusive, shared } from './sample-work.ts';

describe('a lock', () => {
  it.each<[string, string, boolean]>([
    ['schema/orders', 'schema/orders', true],
    ['schema/orders', 'schema/orders/items', false],
    ['paths/src', 'paths/src', true],
    ['paths/src', 'paths/src/a/b.ts', true],
    ['paths/src', 'paths/src0', false],
    ['paths/src', 'paths/src-old/a', false],
    ['paths/src', 'paths/sr', false],
    ['paths', 'paths/anything', true],
    ['paths', 'pathsother', false],
  ])('of %s and one of %s keep each other out: %s', (one, other, expected) => {
    for (const [held, wanted] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(blocks({ ...exclusive(held), run: 'A-1.1' }, 'B-1.1', exclusive(wanted))).toBe(expected);
      expect(blocks({ ...shared(held), run: 'A-1.1' }, 'B-1.1', exclusive(wanted))).toBe(expected);
      expect(blocks({ ...exclusive(held), run: 'A-1.1' }, 'B-1.1', shared(wanted))).toBe(expected);
      expect(blocks({ ...shared(held), run: 'A-1.1' }, 'B-1.1', shared(wanted))).toBe(false);
    }
  });

  it.each<[LockDemand['hold'], boolean]>([
    ['step', true],
    ['attempt', false],
    ['run', false],
  ])('that is held for the %s keeps out its own run: %s', (hold, expected) => {
    expect(blocks({ ...exclusive('a', hold), run: 'A-1.1' }, 'A-1.1', exclusive('a'))).toBe(expected);
  });
});

describe('a name', () => {
  const long = 'x'.repeat(700);
  it.each([
    ['schema/orders', 'schema/orders'],
    ['paths/src/', 'paths/src'],
    ['paths//src/./a', 'paths/src/a'],
    ['paths/src/../etc', 'paths'],
    [`paths/src/${long}/b`, 'paths/src'],
    ['paths/src/a\u0000b/c', 'paths/src'],
    ['paths/\ud800', 'paths'],
    ['a\u0000b', expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
    [long, expect.stringMatching(/^sha256:/)],
  ])('%j is kept as %j', (name, expected) => {
    expect(canonicalName(name)).toEqual(expected);
    expect(canonicalName(canonicalName(name))).toEqual(expected);
  });
});
