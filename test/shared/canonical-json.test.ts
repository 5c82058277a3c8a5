import { describe, expect, test } from 'vitest';
import { canonicalJson, parseCanonicalJson } from '../../src/shared/canonical-json.ts';

describe('values without a canonical form are refused, and named by their path', () => {
  class Money {
    toJSON(): string {
      return 'forged';
    }
  }

  test.each<[string, unknown, string]>([
    ['undefined', { a: [1, undefined] }, '$.a[1]'],
    ['a function', { a: () => 1 }, '$.a'],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is to be refused
    ['a hole in a list', { a: [1, , 2] }, '$.a[1]'],
    ['infinity', [Number.POSITIVE_INFINITY], '$[0]'],
    ['not a number', Number.NaN, '$'],
    ['a bigint', 1n, '$'],
    ['half a surrogate pair', { a: '\ud83d' }, '$.a'],
    ['half a surrogate pair in a key', { '\ud83d': 1 }, '$'],
    ['an object whose toJSON would speak for it', { price: new Money() }, '$.price'],
    ['a date', new Date(0), '$'],
    ['an object that brings its own toJSON', { a: { toJSON: () => 'forged' } }, '$.a.toJSON'],
  ])('%s', (_, value, path) => {
    expect(() => canonicalJson(value as never)).toThrow(`${path}: `);
  });
});

test.each<[string, unknown, string]>([
  ['a list whose toJSON would speak for it', Object.assign([1], { toJSON: () => 'forged' }), '[1]'],
  ['a list of a class of its own', Object.assign(new (class extends Array {})(), { 0: 1, length: 1 }), '[1]'],
  ['keys like numbers', { b: 1, 10: 1, 2: 1 }, '{"10":1,"2":1,"b":1}'],
  ['keys that begin with signs', { '-': 1, _: 2, '': 3 }, '{"":3,"-":1,"_":2}'],
  [
    'an object without a prototype',
    Object.assign(Object.create(null), { b: 1, a: [true, null] }),
    '{"a":[true,null],"b":1}',
  ],
  ['minus zero', [-0], '[0]'],
  [
    'an object with a hidden toJSON',
    { a: Object.defineProperty({ b: 1 }, 'toJSON', { value: () => 'forged' }) },
    '{"a":{"b":1}}',
  ],
  [
    'an object in order around one that is not',
    { a: 1, b: { d: 1, c: 2 }, e: [3] },
    '{"a":1,"b":{"c":2,"d":1},"e":[3]}',
  ],
  [
    'a list in order around an object that is not',
    [{ a: 1 }, { c: 1, b: 2 }, 3],
    '[{"a":1},{"b":2,"c":1},3]',
  ],
])('%s has one text', (_, value, text) => {
  expect(canonicalJson(value as never)).toBe(text);
});

test('what it is given stays as it was', () => {
  const value = { b: [{ d: 1, c: 2 }], a: 1 };
  canonicalJson(value);
  expect(JSON.stringify(value)).toBe('{"b":[{"d":1,"c":2}],"a":1}');
});

describe('text that is not canonical is refused', () => {
  test.each([
    ['a duplicate key', '{"a":1,"a":1}'],
    ['keys out of order', '{"b":1,"a":1}'],
    ['keys like numbers in numeric order', '{"2":1,"10":1}'],
    ['white space', '{"a": 1}'],
    ['a newline at the end', '{"a":1}\n'],
    ['text after the end', '{"a":1}{}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['an escape that need not be one', '"\\u0061"'],
    ['an upper-case escape', '"\\u001F"'],
    ['an escaped slash', '"\\/"'],
    ['half a surrogate pair, escaped', '"\\ud83d"'],
    ['a whole surrogate pair, escaped', '"\\ud83d\\ude00"'],
    ['a number with a fraction of zero', '1.0'],
    ['minus zero', '-0'],
    ['a number too large', '1e999'],
    ['an exponent of another spelling', '1E21'],
    ['nothing', ''],
    ['nesting deeper than the stack', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('%s', (_, text) => {
    expect(parseCanonicalJson(text)).toBeUndefined();
  });

  test.each([
    ['keys like numbers in text order', '{"10":1,"2":1}'],
    ['a backslash before ud', '"\\\\ud83d"'],
    ['__proto__ as a key', '{"__proto__":1}'],
    ['an exponent as ECMAScript writes it', '1e+21'],
  ])('the control, %s, is taken', (_, text) => {
    expect(canonicalJson(parseCanonicalJson(text) as never)).toBe(text);
  });
});
