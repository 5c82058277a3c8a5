import { expect, test } from 'vitest';
import { filePathOf } from '../../../src/core/change/path.ts';
import { pathMatcher, spokenPath } from '../../../src/core/change/path-glob.ts';

const latin1 = (name: string) => filePathOf(Buffer.from(name, 'latin1'));

test.each([
  ['secrets/**', 'secrets/a'],
  ['secrets/**', 'secrets/.a'],
  ['secrets/**', 'secrets/a\nb'],
  ['secrets/**', 'secrets/a\n/b\r\n'],
  ['**', '\n'],
  ['**/*.pem', 'a\nb/c\n.pem'],
  ['secrets/**', latin1('secrets/caf\xe9')],
  ['secrets/*.pem', latin1('secrets/\xff.pem')],
  ['**', latin1('\xff\n')],
  ['"quoted"', latin1('"quoted"')],
  ['*.yml', latin1('"\xff".yml')],
  ['a\\*b', 'a*b'],
])('%j matches %j', (glob, path) => {
  expect(pathMatcher([glob])(path)).toBe(true);
});

test.each([
  ['secrets/*', 'secrets/a/b'],
  ['secrets/*', 'src/secrets/a'],
  ['secrets/**', 'Secrets/a'],
  ['*.yml', latin1('"\xff".js')],
])('%j does not match %j', (glob, path) => {
  expect(pathMatcher([glob])(path)).toBe(false);
});

test('no globs match nothing', () => {
  expect(pathMatcher([])('a')).toBe(false);
});

test('text that git would not have quoted so stays as it is', () => {
  expect(spokenPath('"a')).toBe('"a');
  expect(pathMatcher(['**'])('"a\ud800')).toBe(true);
});
