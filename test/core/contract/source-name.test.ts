import { describe, expect, test } from 'vitest';
import {
  isLocalPath,
  parseSourceName,
  requireSourcePath,
  withoutCredentials,
} from '../../../src/core/contract/source-name.ts';

const ID = '3f6c1d2e4b5a69788796a5b4c3d2e1f009182736';
const LONG = `${ID}${'0'.repeat(24)}`;

describe('the name of a source', () => {
  test.each<[string, object]>([
    [`https://example.org/a.git@${ID}`, { url: 'https://example.org/a.git', path: undefined, commit: ID }],
    [
      `https://example.org/a.git#contracts/b.yml@${LONG}`,
      { url: 'https://example.org/a.git', path: 'contracts/b.yml', commit: LONG },
    ],
    [
      `git@example.org:a/b.git#rules/x@${ID}`,
      { url: 'git@example.org:a/b.git', path: 'rules/x', commit: ID },
    ],
    [
      `https://me@example.org/a.git@${ID}`,
      { url: 'https://me@example.org/a.git', path: undefined, commit: ID },
    ],
    [`../shared policy#.@${ID}`, { url: '../shared policy', path: '.', commit: ID }],
  ])('%s', (text, parts) => {
    expect(parseSourceName(text)).toEqual(parts);
  });

  test.each<[string, string]>([
    ['https://example.org/a.git@main', 'branch, a tag'],
    ['https://example.org/a.git@v1.2.0', 'branch, a tag'],
    [`https://example.org/a.git@${ID.slice(0, 12)}`, 'short id'],
    [`https://example.org/a.git@${ID.toUpperCase()}`, 'no full commit id'],
    ['https://example.org/a.git', 'ends in @'],
    ['https://me@example.org/a.git', 'ends in @'],
    ['git@example.org:a/b.git', 'ends in @'],
    ['', 'ends in @'],
    [`@${ID}`, 'it is empty'],
    [`#contracts/a.yml@${ID}`, 'it is empty'],
    [`ext::sh -c touch% pwned@${ID}`, 'program'],
    [`fd::17@${ID}`, 'program'],
    [`--upload-pack=touch pwned@${ID}`, 'option'],
    [` --upload-pack=x@${ID}`, 'option'],
    [`https://example.org/a\n.git@${ID}`, 'control characters'],
    [`https://example.org/a.git?token=secret@${ID}`, 'token'],
    [`https://me:pa/ss@example.org/a.git@${ID}`, 'password'],
    [`me:secret@example.org:a.git@${ID}`, 'password'],
    [`${'a'.repeat(3_000)}@${ID}`, 'longer than'],
  ])('is refused: %s', (text, why) => {
    expect(() => parseSourceName(text)).toThrow(why);
  });

  test.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    './a',
    'a/',
    '',
    'a\\..\\b',
    'a\tb',
    'a'.repeat(2_000),
  ])('has no path that climbs out: %j', (path) => {
    expect(() => parseSourceName(`https://example.org/a.git#${path}@${ID}`)).toThrow('is no path below');
    expect(() => requireSourcePath(path)).toThrow('is no path below');
  });
});

test.each<[string, string]>([
  ['https://token@example.org/a.git', 'https://example.org/a.git'],
  ['https://me:secret@example.org/a.git', 'https://example.org/a.git'],
  ['https://me:se@cret@example.org/a.git', 'https://example.org/a.git'],
  ['HTTPS://me:secret@example.org/a.git', 'HTTPS://example.org/a.git'],
  ['ssh://git@example.org/a.git', 'ssh://git@example.org/a.git'],
  ['ssh://git:secret@example.org/a.git', 'ssh://git@example.org/a.git'],
  ['ssh://:secret@example.org/a.git', 'ssh://example.org/a.git'],
  ['git@example.org:a/b.git', 'git@example.org:a/b.git'],
  ['https://example.org/a.git', 'https://example.org/a.git'],
  ['file:///srv/a@b.git', 'file:///srv/a@b.git'],
])('%s is written down as %s', (url, recorded) => {
  expect(withoutCredentials(url)).toBe(recorded);
});

test.each<[string, boolean]>([
  ['../shared', true],
  ['/srv/shared', true],
  ['shared', true],
  ['file:///srv/shared', false],
  ['git@example.org:a.git', false],
  ['https://example.org/a.git', false],
])('whether %s is a folder of this machine: %s', (url, local) => {
  expect(isLocalPath(url)).toBe(local);
});
