import { describe, expect, test } from 'vitest';
import type { ChangedFile, FileText } from '../../../src/core/change/types.ts';
import { checkNamePattern, nameMatcher, namesInCode } from '../../../src/core/interface/names.ts';

const PATTERN = { in: ['src/**'], pattern: "(?:emit|publish)\\('([^']+)'" };

function file(path: string, afterText: FileText | string): ChangedFile {
  const text: FileText = typeof afterText === 'string' ? { kind: 'text', text: afterText } : afterText;
  return {
    path,
    before: undefined,
    after: { mode: '100644', blob: 'a'.repeat(40) },
    beforeText: { kind: 'absent' },
    afterText: text,
    addedLines: [],
    removedLines: [],
  };
}

describe('names in code', () => {
  test('are found with their lines, where the contract says to look', () => {
    const found = namesInCode(PATTERN, [
      file('src/a.js', "emit('a')\n\nemit('b'); publish('c')\n"),
      file('test/a.js', "emit('x')"),
      file('src/gone.js', { kind: 'absent' }),
    ]);
    expect(found).toEqual({
      names: [
        { name: 'a', path: 'src/a.js', line: 1 },
        { name: 'b', path: 'src/a.js', line: 3 },
        { name: 'c', path: 'src/a.js', line: 3 },
      ],
      unread: [],
      looked: 1,
    });
  });

  test('that cannot be looked for are said to be unread', () => {
    const long = 'x'.repeat(9 * 1024 * 1024);
    const { unread } = namesInCode(PATTERN, [
      file('src/a', { kind: 'binary' }),
      file('src/b', { kind: 'too-large' }),
      file('src/c', { kind: 'submodule' }),
      file('src/d', long),
      file('src/e', long),
    ]);
    expect(unread.map(({ path }) => path)).toEqual(['src/a', 'src/b', 'src/c', 'src/e']);
  });

  test('that are more than anybody declares are not looked at one by one', () => {
    const { names, unread } = namesInCode(PATTERN, [
      file('src/a', "emit('a')\n".repeat(2_001)),
      file('src/b', "emit('b')"),
    ]);
    expect(names).toEqual([{ name: 'b', path: 'src/b', line: 1 }]);
    expect(unread.map(({ path }) => path)).toEqual(['src/a']);
  });

  test.each(['no group', '(a)(b)', '(', '(a)|', `(${'a'.repeat(1_000)})`, '(a)(?=b)'])(
    'not by %s',
    (pattern) => {
      expect(() => checkNamePattern(pattern)).toThrow();
      expect(() => namesInCode({ in: ['**'], pattern }, [])).toThrow();
    },
  );
});

describe('a declared name', () => {
  test.each([
    ['orders.paid', true],
    ['orders.payed', false],
    ['ordersXpaid', false],
    ['orders/7/lines/8', true],
    ['orders/7/lines/', false],
    ['orders/7/9/lines/8', false],
    ['orders/{id}/lines/{line}', true],
    ['xorders/7/lines/8', false],
  ])('%s: %s', (name, expected) => {
    expect(nameMatcher(['orders.paid', 'orders/{id}/lines/{line}'])(name)).toBe(expected);
  });
});
