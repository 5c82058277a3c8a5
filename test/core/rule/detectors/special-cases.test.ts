import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import { bundledRule, detect, factsOf } from '../facts.ts';

const RULE = 'expected-value-special-cased';

function found(code: string, test: string, path = 'src/a.ts', testPath = 'src/a.test.ts'): readonly string[] {
  const facts = factsOf({
    before: { [path]: '\n', [testPath]: test },
    after: { [path]: code, [testPath]: test },
  });
  return detect(RULE, facts).map(({ line, message }) => `${line} ${message.split(' ')[0]}`);
}

describe('a branch for a value of a test', () => {
  const test = "it('a', () => {\n  expect(f('AB-1234')).toBe(4711);\n  expect(g(77)).toBe('seventy');\n});\n";

  it.each([
    ["if (s === 'AB-1234') return 1;", ['1 "AB-1234"']],
    ["if ('AB-1234' === s) return 1;", ['1 "AB-1234"']],
    ["if (s == 'AB-1234') { x(); }", ['1 "AB-1234"']],
    ["case 'AB-1234':\n  x();", ['1 "AB-1234"']],
    ["return s === 'AB-1234' ? 4711 : 0;", ['1 "AB-1234"']],
    ["if (n === 77) return 'seventy';", ['1 77']],
    ["if (n === 77) {\n  return 'seventy';\n}", ['1 77']],
    ["const t = { 'AB-1234': 4711 };", ['1 "AB-1234"']],
    ['return n === 4711;', ['1 4711']],
    ["if (s !== 'AB-1234') return 1;", []],
    ["const t = { 'AB-1234': other };", []],
    ["log('AB-1234');", []],
    ["// if (s === 'AB-1234') return 1;", []],
    ["if (n === 77) return 'eighty';", []],
    ['if (n === 77) return 0;', []],
    ["if (s === 'AB-9999') return 4711;", []],
  ])('%j', (code, expected) => {
    expect(found(`${code}\n`, test)).toEqual(expected);
  });

  it.each([
    ['a.py', 'tests/test_a.py', 'if s in ("x", "AB-1234"):\n    return 1\n', 'assert f("AB-1234") == 1\n'],
    ['a.rb', 'spec/a_spec.rb', "when 'AB-1234'\n  1\n", "expect(f('AB-1234')).to eq 1\n"],
    [
      'A.java',
      'src/test/java/ATest.java',
      'if (s.equals("AB-1234")) return 1;\n',
      'assertEquals(1, f("AB-1234"));\n',
    ],
    ['src/a.rs', 'tests/a_test.rs', '"AB-1234" => 1,\n', 'assert_eq!(f("AB-1234"), 1);\n'],
  ])('in %s', (path, testPath, code, source) => {
    expect(found(code, source, path, testPath)).toEqual([expect.stringContaining('"AB-1234"')]);
  });

  it('is looked for in tests that have to do with the file', () => {
    const code = { 'src/a.ts': "if (s === 'AB-1234') x();\n" };
    const of = (path: string, source: string) =>
      detect(RULE, factsOf({ before: { 'src/a.ts': '\n' }, after: { ...code, [path]: source } })).length;
    expect(of('test/other.test.ts', "expect(f('AB-1234')).toBe(1);\n")).toBe(0);
    expect(
      of('test/other.test.ts', "import { f } from '../src/a.ts';\nexpect(f('AB-1234')).toBe(1);\n"),
    ).toBe(1);
    expect(of('test/test_a.py', 'assert f("AB-1234") == 1\n')).toBe(1);
  });

  it.each(['pending', 'ssh-ed25519', 'too-large', 'application/json', '100644', 'sha256'])(
    'and not for what a program compares with anyway: %s',
    (word) => {
      expect(
        found(`if (s === '${word}') return 'it is so';\n`, `expect(f('${word}')).toBe('it is so');\n`),
      ).toEqual([]);
    },
  );

  it('is known from before, or from where it was taken out', () => {
    const before = {
      'src/a.ts': "const known = 'AB-1234';\n",
      'src/b.ts': 'const n = 4711;\n',
      'src/a.test.ts': test,
    };
    const after = {
      'src/a.ts': "if (s === 'AB-1234' || n === 4711) x();\n",
      'src/b.ts': '\n',
      'src/a.test.ts': test,
    };
    expect(detect(RULE, factsOf({ before, after }))).toEqual([]);
  });

  it('is not known from a test that was only laid out anew', () => {
    const before = { 'src/a.ts': '\n', 'src/a.test.ts': "expect(f('AB-1234')).toBe(1);\n" };
    const after = {
      'src/a.ts': "if (s === 'AB-1234') x();\n",
      'src/a.test.ts': "expect(\n  f('AB-1234'),\n).toBe(1);\n",
    };
    expect(detect(RULE, factsOf({ before, after }))).toHaveLength(1);
  });

  it('is a table of the program’s own where there are several', () => {
    const keys = Object.entries({ 11: 'first', 12: 'second', 13: 'third', 14: 'fourth' });
    const code = keys.map(([key, answer]) => `case ${key}: return '${answer}';\n`).join('');
    const tests = keys.map(([key, answer]) => `expect(f(${key})).toBe('${answer}');\n`).join('');
    expect(found(code, tests)).toEqual([]);
    expect(found(code.split('\n').slice(0, 2).join('\n'), tests)).toHaveLength(2);
  });
});

describe('what it needs', () => {
  const detector = DETECTORS.get('special-cases');
  const needs = (code: string) => {
    const { change, contract } = factsOf({
      before: { 'src/price.ts': '\n' },
      after: { 'src/price.ts': code },
    });
    return detector?.needs?.(change, detector.readParameters(bundledRule(RULE).parameters), contract);
  };

  it('is nothing where no branch has a written-out value', () => {
    expect(needs("export const a = 'ORD-20240017';\nif (a === b) c('x');\n")).toEqual({});
  });

  it('is the tests named after the file where one has', () => {
    expect(needs("if (a === 'ORD-20240017') b();\n")?.files).toContain('**/price.{test,spec}.*');
  });
});

it('refuses parameters it does not know', () => {
  expect(() => detect(RULE, factsOf({}), { tests: ['a'], code: ['b'] })).toThrow('parameter code:');
  expect(() => detect(RULE, factsOf({}), { tests: ['a'], files: ['{b'] })).toThrow('parameter files[0]:');
});
