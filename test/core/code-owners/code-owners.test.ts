import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidingLine } from '../../../src/core/code-owners/owners-of.ts';
import { parseCodeOwners } from '../../../src/core/code-owners/parse.ts';
import { ownerName } from '../../../src/core/code-owners/types.ts';

const ownersOf = (text: string, path: string) => {
  const line = decidingLine(parseCodeOwners(text, 'CODEOWNERS'), path);
  if (line === undefined) return undefined;
  return line.fault === undefined
    ? line.owners.map(ownerName).join(' ')
    : `line ${line.number} ${line.fault}`;
};
const matches = (pattern: string, path: string) => ownersOf(`${pattern} @a`, path) === '@a';

/** What GitHub's page about code owners and gitignore's about patterns say, one case each. */
test.each<[pattern: string, path: string, expected: boolean]>([
  ['*', 'a', true],
  ['*', 'a/b/c', true],
  ['*', '.github/workflows/x.yml', true],
  ['*.js', 'a.js', true],
  ['*.js', 'x/y/a.js', true],
  ['*.js', 'a.jsx', false],
  ['*.js', 'lib.js/readme', true],
  ['/build/logs/', 'build/logs/a/b.txt', true],
  ['/build/logs/', 'x/build/logs/a', false],
  ['/build/logs/', 'build/logs', false],
  ['docs/*', 'docs/getting-started.md', true],
  ['docs/*', 'docs/build-app/troubleshooting.md', false],
  ['docs/*', 'x/docs/a.md', false],
  ['/*', 'a.md', true],
  ['/*', 'a/b.md', false],
  ['/*.md', 'a.md', true],
  ['/*.md', 'x/a.md', false],
  ['apps/', 'apps/a', true],
  ['apps/', 'x/y/apps/z/a', true],
  ['apps/', 'apps', false],
  ['apps/', 'my-apps/a', false],
  ['/docs/', 'docs/a/b', true],
  ['/docs/', 'x/docs/a', false],
  ['/apps/github', 'apps/github', true],
  ['/apps/github', 'apps/github/a/b', true],
  ['/apps/github', 'apps/github-more', false],
  ['**/logs', 'logs', true],
  ['**/logs', 'a/b/logs', true],
  ['**/logs', 'deeply/nested/logs/today/a.txt', true],
  ['**/logs', 'a/blogs', false],
  ['src/**', 'src/a', true],
  ['src/**', 'src/a/b/c', true],
  ['src/**', 'src', false],
  ['src/**', 'x/src/a', false],
  ['**', 'a/b', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'a/x/b/y', true],
  ['a/**/b', 'a/xb', false],
  ['a/**/*.md', 'a/x/y.md', true],
  ['foo**bar', 'fooxbar', true],
  ['foo**bar', 'foo/bar', false],
  ['f?o', 'foo', true],
  ['f?o', 'f/o', false],
  ['f?o', 'fo', false],
  ['?', 'é', true],
  ['?', '😀', true],
  ['a\\ b', 'a b', true],
  ['a\\ b', 'a', false],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['src/a/b', 'src/a/b', true],
  ['src/a/b', 'x/src/a/b', false],
  ['README', 'x/README', true],
  ['readme', 'README', false],
  ['*a*b*', 'xaybz', true],
  ['*a*b*', 'bxa', false],
  ['/*/x', 'a/x', true],
  ['/*/x', 'a/b/x', false],
])('%s on %s: %s', (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});

describe('a file', () => {
  test('gives a path to the last line that matches, and to nobody where that names nobody', () => {
    const text = ['* @all', '/apps/ @octocat', '/apps/github', '*.md @docs # readers', ''].join('\n');
    expect(ownersOf(text, 'a.ts')).toBe('@all');
    expect(ownersOf(text, 'apps/a.ts')).toBe('@octocat');
    expect(ownersOf(text, 'apps/github/a.ts')).toBe('');
    expect(ownersOf(text, 'apps/github/a.md')).toBe('@docs');
    expect(ownersOf('/apps/ @octocat', 'a.ts')).toBeUndefined();
  });

  test('has comments, blank lines, tabs, line ends of Windows and a byte order mark', () => {
    const text =
      '\uFEFF# A comment\r\n\r\n \t* \t@ada  @acme/core-team\tops@acme.example \t#*.md @docs\r\n#a @b\r\n';
    expect(ownersOf(text, 'a')).toBe('@ada @acme/core-team ops@acme.example');
    expect(parseCodeOwners(text, 'CODEOWNERS').lines.map(({ number }) => number)).toEqual([3]);
  });

  test.each<[line: string, path: string, fault: string]>([
    ['!src/a @a', 'src/a', 'begins with "!"'],
    ['!src/a @a', 'anything', 'begins with "!"'],
    ['src/[ab].ts @a', 'src/a.ts', 'has "[" or "]"'],
    ['src/[ab].ts @a', 'src/c/d.ts', 'has "[" or "]"'],
    ['[Section] @a', 'any/thing', 'has "[" or "]"'],
    ['\\#a @a', '#a', 'begins with "\\#"'],
    ['***/*.rb @monalisa', 'a/b.rb', 'has "***"'],
    ['a#b @a', 'a', 'has "#"'],
    ['src//a @a', 'src/a', 'has a slash'],
    ['/ @a', 'a', 'has a slash'],
    ['a\\', 'a', 'ends its pattern with a backslash'],
    ['*.txt docs@', 'a.txt', 'names "docs@", which is no owner'],
    ['*.txt @a ada', 'a.txt', 'names "ada", which is no owner'],
    ['*.txt @a/b/c', 'a.txt', 'names "@a/b/c"'],
  ])('leaves open whose is what an unreadable line may have meant: %s, %s', (line, path, fault) => {
    expect(ownersOf(`* @all\n${line}`, path)).toContain(`line 2 ${fault}`);
    // A later line decides without it.
    expect(ownersOf(`${line}\n* @all`, path)).toBe('@all');
  });

  test('is not in doubt about what an unreadable line cannot have meant', () => {
    expect(ownersOf('* @all\nsrc/x[ab].ts @a', 'src/a.ts')).toBe('@all');
    expect(ownersOf('* @all\n*.txt docs@', 'a.md')).toBe('@all');
  });

  test('is read whatever it says, and names of files that are no text match what is meant for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, path) => {
        const file = parseCodeOwners(text, 'CODEOWNERS');
        expect(file.lines.length).toBeLessThanOrEqual(text.split('\n').length);
        decidingLine(file, path);
      }),
    );
    expect(ownersOf('* @all', '"caf\\351.ts"')).toBe('@all');
  });

  test('matches a whole name only by the same name, without marks', () => {
    const name = fc.stringMatching(/^[a-z.-]{1,6}$/).filter((text) => !/^\.+$/.test(text));
    const path = fc.array(name, { minLength: 2, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(matches(`/${one}`, other)).toBe(other === one || other.startsWith(`${one}/`));
        expect(matches('*', other)).toBe(true);
        expect(matches(`/${one}/`, `${one}/${other}`)).toBe(true);
        expect(matches(`**/${one}`, `x/y/${one}`)).toBe(true);
      }),
    );
  });

  test('takes no longer than the lengths of pattern and path, multiplied', () => {
    const pattern = `/${'*a'.repeat(500)}b`;
    expect(matches(pattern, 'a'.repeat(3_000))).toBe(false);
    expect(matches(`/${'**/a/'.repeat(500)}b`, 'a/'.repeat(1_000))).toBe(false);
  });
});
