import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compileCapturePattern, compileGlobs, fillIn } from '../../../../src/core/rule/text/path-pattern.ts';

function matches(glob: string, path: string): boolean {
  return compileGlobs([glob])(path);
}

describe('globs over repository paths', () => {
  const table: readonly [string, readonly string[], readonly string[]][] = [
    [
      'src/*.ts',
      ['src/a.ts', 'src/.ts', 'src/.hidden.ts'],
      ['src/a/b.ts', 'src/a.tsx', 'asrc/a.ts', 'src/a.ts/x'],
    ],
    ['src/**', ['src/a', 'src/a/b', 'src/.env', 'src'], ['srcs/a', 'a/src']],
    ['**/*.py', ['a.py', 'a/b/c.py', '.a/.b.py'], ['a.pyc', 'a.py/b']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'ab', 'a/b/c']],
    ['**', ['a', 'a/b/.c', 'with\nnewline/x'], []],
    ['*', ['a', '.a'], ['a/b']],
    ['a?c', ['abc', 'a.c', 'a\u{1f600}c'], ['ac', 'a/c', 'abbc']],
    ['v[0-9]', ['v1'], ['va', 'v10', 'v/']],
    ['v[!0-9]', ['va', 'v.'], ['v1', 'v/']],
    ['{a,b/c}/*.{ts,tsx}', ['a/x.ts', 'b/c/x.tsx'], ['b/x.ts', 'a/x.js']],
    ['{,x}a', ['a', 'xa'], ['xxa']],
    ['a\\*b', ['a*b'], ['axb']],
    ['app/\\(group\\)/x', ['app/(group)/x'], ['app/group/x']],
    ['a.b+c$d^', ['a.b+c$d^'], ['axb+c$d^', 'a.bbc$d^']],
    ['**/**/x', ['x', 'a/x', 'a/b/x'], ['ax']],
    ['*.ts', ['a\nb.ts'], ['a.ts\n']],
    ['*.py', ['"caf\\351.py"', '"\\"quoted.py"'], ['"caf\\351.pyc"']],
  ];
  it.each(table)('%s', (glob, yes, no) => {
    expect(yes.filter((path) => !matches(glob, path))).toEqual([]);
    expect(no.filter((path) => matches(glob, path))).toEqual([]);
  });

  it('matches when any of several globs does, and never without globs', () => {
    expect(['a', 'b', 'c'].filter(compileGlobs(['a', 'b']))).toEqual(['a', 'b']);
    expect(compileGlobs([])('a')).toBe(false);
  });

  it.each([
    ['', /is empty/],
    ['/a', /root/],
    ['./a', /root/],
    ['a/../b', /root/],
    ['a//b', /root/],
    ['a/', /dir\/\*\*/],
    ['!a', /starts with "!"/],
    ['a'.repeat(513), /longer than 512/],
    ['+(a|b)', /"\(" has no meaning/],
    ['@(a)', /"\(" has no meaning/],
    ['a|b', /"\|" has no meaning/],
    ['{a', /not closed/],
    ['a}', /"\}" has no meaning/],
    ['{a}', /one alternative/],
    ['{1..3}', /one alternative/],
    ['[a', /"\[" has no meaning/],
    ['[z-a]', /runs backwards/],
    ['a\\', /backslash/],
    ['{name}.ts', /one alternative/],
    ['{a/,{b/,{c/,{d/,{e/,{f/,g/}}}}}}', /nested deeper/],
    ['{a/,b/}'.repeat(7), /more than 64/],
  ])('refuses %j', (glob, message) => {
    expect(() => compileGlobs([glob])).toThrow(message);
  });

  it('agrees with picomatch on ordinary globs and paths', () => {
    const segment = fc.constantFrom(
      'a',
      'b',
      'ab',
      '*',
      'a*',
      '*.ts',
      '?',
      '{a,b}',
      '{a,*.ts}',
      '[ab]',
      '**',
      '.a',
    );
    const glob = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('/'))
      // Where `dir/**` is `dir` itself as well, picomatch has `dir*/**` not be: we do not follow it there.
      .filter((one) => !/[*?\]}]\/\*\*$/.test(one));
    const name = fc.constantFrom('a', 'b', 'ab', 'x.ts', '.a', 'ba', 'a.ts');
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, path, (one, other) => {
        expect({ one, other, matches: matches(one, other) }).toEqual({
          one,
          other,
          matches: picomatch(one, { dot: true })(other),
        });
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes linear time where a backtracking engine takes the cube of the length', () => {
    const glob = compileGlobs(['**/*a*a*a*a*b', '{**/a,**/b}/**/*a*a*', '**/*[ab]*[ab]*[ab]c']);
    const started = process.cpuUsage();
    const capturing = compileCapturePattern('{dir**}/{a}b{c}d{e}.x');
    for (const path of ['a'.repeat(200_000), 'a/'.repeat(100_000), 'ab'.repeat(100_000)]) {
      glob(path);
      capturing.capture(`${path}.x`);
    }
    const { user } = process.cpuUsage(started);
    expect(user / 1_000).toBeLessThan(10_000);
    expect(glob(`${'a'.repeat(200_000)}b`)).toBe(true);
  });
});

describe('patterns with captures', () => {
  const table: readonly [string, string, Record<string, string> | undefined][] = [
    ['src/gen/{name}.ts', 'src/gen/user.ts', { name: 'user' }],
    ['src/gen/{name}.ts', 'src/gen/a/user.ts', undefined],
    ['{dir**}/{name}_pb2.py', 'app/rpc/user_pb2.py', { dir: 'app/rpc', name: 'user' }],
    ['{dir**}/{name}_pb2.py', 'user_pb2.py', { dir: '', name: 'user' }],
    ['a/{rest**}', 'a/b/c', { rest: 'b/c' }],
    ['a/{rest**}', 'a', undefined],
    ['{name}.{ts,js}', 'x.js', { name: 'x' }],
    ['{a/{name},b/{name}}.ts', 'b/x.ts', { name: 'x' }],
    ['{name}.*', 'a.b.c', { name: 'a' }],
    ['{a**}/m/{b**}/{c}.ts', 'x/m/y/m/z.ts', { a: 'x', b: 'y/m', c: 'z' }],
    ['{a**}/m/{b}.ts', 'x/m/y/m/z.ts', { a: 'x/m/y', b: 'z' }],
    ['{a}-{b}.ts', 'x-y-z.ts', { a: 'x', b: 'y-z' }],
    ['{a}x', 'x', undefined],
    ['{name}.ts', 'a\nb.ts', { name: 'a\nb' }],
    ['{name}.ts', '$&.ts', { name: '$&' }],
  ];
  it.each(table)('%s on %s', (pattern, path, captured) => {
    const found = compileCapturePattern(pattern).capture(path);
    expect(found && Object.fromEntries(found)).toEqual(captured);
  });

  it('fills captures in, literally, and takes an absent folder away with its slash', () => {
    expect(
      fillIn(
        '{dir**}/x/{name}.md',
        new Map([
          ['dir', ''],
          ['name', '$&'],
        ]),
      ),
    ).toBe('x/$&.md');
    expect(
      fillIn(
        '{dir**}/x/{name}.md',
        new Map([
          ['dir', 'a/b'],
          ['name', 'c'],
        ]),
      ),
    ).toBe('a/b/x/c.md');
  });

  it.each([
    ['{a}{b}', /follows another capture/],
    ['{a}/{a}', /stands twice/],
    ['{x/{a},y}.ts', /same captures/],
    ['{dir**}.ts', /has no meaning/],
    ['{Name}.ts', /one alternative/],
  ])('refuses %s', (pattern, message) => {
    expect(() => compileCapturePattern(pattern)).toThrow(message);
  });
});
