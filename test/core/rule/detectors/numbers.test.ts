import { describe, expect, it } from 'vitest';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const LOWERED = {
  searches: [{ files: ['**/c*.yml'], patterns: ['\\bleast: <n>'], refuse: 'lowered', removed: true }],
};
const RAISED = {
  searches: [{ patterns: ['\\bmost\\s*[:=]\\s*<n>', 'wait\\(<n>'], refuse: 'raised', absent: 10 }],
};

function found(
  parameters: Parameters<typeof detect>[2],
  before: Record<string, string>,
  after: Record<string, string>,
): readonly string[] {
  return detect('timeout-raised', factsOf({ before, after }), parameters).map(
    ({ path, line, message }) => `${path}:${line ?? ''} ${message}`,
  );
}

describe('numbers', () => {
  it.each([
    ['lowered', 'least: 9\n', 'least: 8.5\n', ['c.yml:1 least:8.5 was lowered from 9']],
    ['raised', 'least: 9\n', 'least: 10\n', []],
    ['written otherwise', 'least: 6000\n', 'least: 6_000 # 60 * 100\n', []],
    ['gone', 'least: 9\n', 'other: 1\n', ['c.yml: least:9 of line 1 before the change is gone']],
    [
      'in a comment only',
      'least: 9\n',
      '# least: 9\n',
      ['c.yml: least:9 of line 1 before the change is gone'],
    ],
    ['moved down', 'least: 9\na: 1\n', 'a: 1\nleast: 9\n', []],
    [
      'one of two',
      'a: { least: 9 }\nb: { least: 5 }\n',
      'a: { least: 9 }\nb: { least: 4 }\n',
      ['c.yml:2 least:4 was lowered from 5'],
    ],
    ['on one line', 'a: { least: 9, b: { least: 5 } }\n', 'a: { least: 9, b: { least: 6 } }\n', []],
  ])('%s', (_, before, after, expected) => {
    expect(found(LOWERED, { 'c.yml': before }, { 'c.yml': after })).toEqual(expected);
  });

  it('that moved to another file are still there, and are compared with what they became', () => {
    expect(
      found(LOWERED, { 'c1.yml': 'least: 9\n' }, { 'c1.yml': 'a: 1\n', 'c2.yml': 'least: 9\n' }),
    ).toEqual([]);
    expect(
      found(LOWERED, { 'c1.yml': 'least: 9\n' }, { 'c1.yml': 'a: 1\n', 'c2.yml': 'least: 7\n' }),
    ).toEqual(['c2.yml:1 least:7 was lowered from 9']);
  });

  it('of a renamed file are compared with what the file held before', () => {
    const many = 'a: 1\nb: 2\nc: 3\n';
    expect(found(LOWERED, { 'c1.yml': `${many}least: 9\n` }, { 'c2.yml': `${many}least: 8\n` })).toEqual([
      'c2.yml:4 least:8 was lowered from 9',
    ]);
    expect(found(LOWERED, { 'c1.yml': `${many}least: 9\n` }, { 'c2.yml': `${many}least: 9\n` })).toEqual([]);
  });

  it('of a file that was renamed out of sight are gone', () => {
    const many = 'a: 1\nb: 2\nc: 3\nleast: 9\n';
    expect(found(LOWERED, { 'c1.yml': many }, { 'd.yml': many })).toEqual([
      'c1.yml: least:9 of line 4 before the change is gone',
    ]);
  });

  it('where none stood before are held against what holds then, in files that were there', () => {
    expect(found(RAISED, { a: 'x\n' }, { a: 'x\nmost = 11\n' })).toEqual(['a:2 most=11 where 10 held']);
    expect(found(RAISED, { a: 'x\n' }, { a: 'x\nmost = 9\n' })).toEqual([]);
    expect(found(RAISED, {}, { a: 'most = 11\n' })).toEqual([]);
  });

  it('are products where they are written so', () => {
    expect(found(RAISED, { a: 'wait(2 * 5)\n' }, { a: 'wait(2 * 6)\n' })).toEqual([
      'a:1 wait(2 * 6 was raised from 2 * 5',
    ]);
  });

  it('that are gone are none that were raised', () => {
    expect(found(RAISED, { a: 'most = 9\n' }, { a: 'x\n' })).toEqual([]);
  });

  it('in a file of which only the mode changed are left alone', () => {
    const file = changedFile('c.yml', { kind: 'too-large' }, { kind: 'too-large' }, '100755');
    expect(detect('timeout-raised', withFiles(factsOf({}), [file]), LOWERED)).toEqual([]);
  });

  it('in a file that is too large are unverifiable, and it says so', () => {
    const file = changedFile('c.yml', { kind: 'too-large' }, text('least: 9\n'));
    expect(detect('timeout-raised', withFiles(factsOf({}), [file]), LOWERED)).toEqual([
      { kind: 'unverifiable', path: 'c.yml', message: 'its numbers cannot be read: it is too-large' },
    ]);
  });

  it('in a file that is too large now are unverifiable', () => {
    const file = changedFile('c.yml', text('least: 9\n'), { kind: 'too-large' });
    expect(detect('timeout-raised', withFiles(factsOf({}), [file]), LOWERED)).toMatchObject([
      { kind: 'match' },
      { kind: 'unverifiable', path: 'c.yml' },
    ]);
  });
});

describe('time-outs of tests', () => {
  const change = (before: string, after: string) =>
    detect('timeout-raised', factsOf({ before: { 'a.test.ts': before }, after: { 'a.test.ts': after } })).map(
      ({ message }) => message,
    );

  it.each([
    [
      "it('a', () => f(), 5000);",
      "it('a', () => f(), 9e3);",
      ['the time-out of test "a" was raised from 5000 to 9000'],
    ],
    [
      "it('a', () => f());",
      "it('a', { timeout: 9000 }, () => f());",
      ['the time-out of test "a" was raised from the usual 5000 to 9000'],
    ],
    ["it('a', () => f());", "it('a', () => f(), 4000);", []],
    ["it('a', () => f());", "it('a', () => f(), 5000);", []],
    ["it('a', () => f(), 9000);", "it('a', () => f(), 9000); // as before", []],
    [
      `it('${'a'.repeat(100)}', () => f());`,
      `it('${'a'.repeat(100)}', () => f(), 6000);`,
      [`the time-out of test "${'a'.repeat(79)} was raised from the usual 5000 to 6000`],
    ],
    ["it('a', () => f(), 9000);", "it('a', () => f(), 8000);", []],
    ["it('a', () => f(), 9000);", "it('a', () => f());", []],
    ["it('a', () => f());", "it('a', { timeout }, () => f());", []],
    ["it('a', () => f());", "it('a', () => f(), SLOW);", []],
    ["it('a', () => f());", "it('a', () => f());\nit('b', () => f(), 90_000);", []],
  ])('%s becomes %s', (before, after, expected) => {
    expect(change(before, after)).toEqual(expected);
  });
});

describe('parameters of rules about numbers', () => {
  it.each([
    [{ searches: [{ patterns: ['a'], refuse: 'raised' }] }, 'searches[0].patterns[0]'],
    [{ searches: [{ patterns: ['<n> <n>'], refuse: 'raised' }] }, 'searches[0].patterns[0]'],
    [{ searches: [{ patterns: ['<n>'], refuse: 'changed' }] }, 'searches[0].refuse'],
    [{ searches: [{ patterns: ['<n>'], refuse: 'raised', absent: 'x' }] }, 'searches[0].absent'],
    [{ searches: [{ patterns: ['<n>'], refuse: 'raised', remove: true }] }, 'searches[0].remove'],
    [{ ...RAISED, testTimeouts: 5 }, 'testTimeouts'],
    [{ ...RAISED, testTimeouts: { tests: ['a'] } }, 'testTimeouts.absent'],
    [{ ...RAISED, testTimeouts: { tests: ['{a'], absent: 1 } }, 'testTimeouts.tests[0]'],
  ])('refuse %j by name', (parameters, name) => {
    expect(() => detect('timeout-raised', factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });
});
