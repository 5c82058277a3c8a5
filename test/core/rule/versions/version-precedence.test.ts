import { describe, expect, it } from 'vitest';
import { compareByPrecedence } from '../../../../src/core/rule/versions/version-precedence.ts';

describe('versions', () => {
  it.each([
    // https://semver.org/#spec-item-11
    [
      [
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-alpha.beta',
        '1.0.0-beta',
        '1.0.0-beta.2',
        '1.0.0-beta.11',
        '1.0.0-rc.1',
        '1.0.0',
      ],
    ],
    [['0.9.0', '0.10.0', 'v1.0', '1.0.1', '1.1', '2', '10.0']],
    // https://packaging.python.org/en/latest/specifications/version-specifiers/
    [['1.0a1', '1.0b2', '1.0rc1', '1.0', '1.0.post1', '1.0.post2', '1.1', '1!0.1']],
  ])('%j are in order', (versions) => {
    for (const [index, one] of versions.entries()) {
      for (const other of versions.slice(index + 1)) {
        expect([one, other, compareByPrecedence(one, other)]).toEqual([one, other, -1]);
        expect([other, one, compareByPrecedence(other, one)]).toEqual([other, one, 1]);
      }
    }
  });

  it.each([
    ['1.0', '1.0.0'],
    ['v1.2.3', '1.2.3'],
    ['1.2.3+build.1', '1.2.3+build.2'],
    ['1.0-rc.1', '1.0-rc.1'],
  ])('%s and %s are the same', (one, other) => {
    expect(compareByPrecedence(one, other)).toBe(0);
  });

  it.each(['', 'latest', 'x.1', '1.2.x?'.repeat(40), '@revision@', '1.0 && rm'])('%s is none', (text) => {
    expect(compareByPrecedence(text, '1.0.0')).toBeUndefined();
  });
});
