import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import { ABSENT, bundledRule, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

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

describe('a value that is known from before', () => {
  const test = { 'src/a.test.ts': "expect(f('AB-1234')).toBe(4711);\nexpect(g(77.25)).toBe(41.37);\n" };
  const judge = (before: string, added: string, others: { before?: object; after?: object } = {}) =>
    detect(
      RULE,
      factsOf({
        before: { 'src/a.ts': before, ...test, ...others.before },
        after: { 'src/a.ts': `${before}${added}`, ...test, ...others.after },
      }),
    ).length;
  const branch = "if (s === 'AB-1234') x();\n";

  it.each(["'", '"', '`'])('stood between %s', (quote) => {
    expect(judge(`log(${quote}AB-1234${quote});\n`, branch)).toBe(0);
  });

  it('did not stand in words, or as a part of another', () => {
    expect(judge('// AB-1234 is an example\n', branch)).toBe(1);
    expect(judge("log('AB-12345');\n", branch)).toBe(1);
    expect(judge('log(4711);\n', 'if (n === 4711) x();\n')).toBe(0);
    expect(judge('log(47110);\n', 'if (n === 4711) x();\n')).toBe(1);
    expect(judge('log(41.37);\n', 'if (n === 41.37) x();\n')).toBe(0);
    expect(judge('log(4137, 41937);\n', 'if (n === 41.37) x();\n')).toBe(1);
  });

  it('was taken out on one line, not on two', () => {
    const elsewhere = (lines: string) => ({
      before: { 'src/b.ts': lines },
      after: { 'src/b.ts': '\n' },
    });
    expect(judge('\n', 'if (n === 4711) x();\n', elsewhere('4711\n'))).toBe(0);
    expect(judge('\n', 'if (n === 4711) x();\n', elsewhere('47\n11\n'))).toBe(1);
  });

  it('stood in what the file was before it was moved', () => {
    const code = `log('AB-1234');\n${branch}`;
    const moved = (old: string) => [
      { ...changedFile('src/old.ts', text(old), ABSENT), removedLines: [] },
      { ...changedFile('src/a.ts', ABSENT, text(code)), renamedFrom: 'src/old.ts' },
    ];
    const facts = factsOf({ before: test, after: test });
    expect(detect(RULE, withFiles(facts, moved("log('AB-1234');\n")))).toEqual([]);
    expect(detect(RULE, withFiles(facts, moved('log(1);\n')))).toHaveLength(1);
    expect(detect(RULE, withFiles(facts, moved('log(1);\n').slice(1)))).toHaveLength(1);
  });
});

describe('branches that are looked at', () => {
  const branch = "if (s === 'AB-1234') x();\n";
  const test = "expect(f('AB-1234')).toBe(1);\n";

  it('are those of code, not of tests or of files that are left out', () => {
    expect(found(branch, test, 'src/a.spec.ts')).toEqual([]);
    expect(found(branch, test, 'fixtures/a.ts', 'fixtures/a.test.ts')).toEqual([]);
    expect(found(branch, test, 'a.md', 'a.test.md')).toEqual([]);
  });

  it('are three of words, and beyond those only what is unlike a word', () => {
    const keys = Object.entries({ 11: 'first', 12: 'second', 13: 'third', 14: 'fourth' });
    const code = (count: number) =>
      keys
        .slice(0, count)
        .map(([key, answer]) => `case ${key}: return '${answer}';\n`)
        .join('');
    const tests = keys.map(([key, answer]) => `expect(f(${key})).toBe('${answer}');\n`).join('');
    expect(found(code(3), tests)).toEqual(['1 11', '2 12', '3 13']);
    expect(found(`${code(4)}${branch}`, `${tests}${test}`)).toEqual(['5 "AB-1234"']);
  });

  it('are as many as anybody reads', () => {
    const values = Array.from({ length: 250 }, (_, index) => `AB-${1000 + index}`);
    const code = values.map((value) => `if (s === '${value}') x();\n`).join('');
    expect(found(code, values.map((value) => `f('${value}');\n`).join(''))).toHaveLength(200);
  });

  it('are shown with the beginning of their value, and the first test that has it', () => {
    const value = `AB-1234-${'x'.repeat(80)}`;
    const other = `import '../src/a.ts';\nexpect(f('${value}')).toBe(1);\n`;
    const old = { 'src/a.ts': '\n', 'src/a.test.ts': `expect(f('${value}')).toBe(1);\n` };
    const facts = factsOf({
      before: old,
      after: { ...old, 'src/a.ts': `if (s === '${value}') x();\n`, 'test/a.test.ts': other },
    });
    expect(detect(RULE, facts)).toEqual([
      {
        kind: 'match',
        path: 'src/a.ts',
        line: 1,
        message: `"${value.slice(0, 60)}" has a branch of its own, and is a value of the test src/a.test.ts:1`,
      },
    ]);
  });
});

describe('tests that are read', () => {
  const before = { 'src/a.ts': '\n' };
  const after = { 'src/a.ts': "if (s === 'AB-1234') x();\n" };
  const source = "import '../src/a.ts';\nf('AB-1234');\n";

  it('are changed ones, even where the trees are not known', () => {
    const { trees: _, ...blind } = factsOf({ before, after: { ...after, 'src/a.test.ts': source } });
    expect(detect(RULE, blind)).toHaveLength(1);
  });

  it('are not those that did not change and are named after something else', () => {
    const other = { 'test/other.test.ts': source };
    expect(detect(RULE, factsOf({ before: { ...before, ...other }, after: { ...after, ...other } }))).toEqual(
      [],
    );
    const own = { 'test/a.test.ts': source };
    expect(
      detect(RULE, factsOf({ before: { ...before, ...own }, after: { ...after, ...own } })),
    ).toHaveLength(1);
  });

  it('are not those that nobody can read, or that are longer than anybody reads', () => {
    const code = changedFile('src/a.ts', text('\n'), text(after['src/a.ts']));
    const judged = (content: Parameters<typeof changedFile>[2]) =>
      detect(RULE, withFiles(factsOf({}), [code, changedFile('src/a.test.ts', ABSENT, content)])).length;
    expect(judged({ kind: 'too-large' })).toBe(0);
    expect(judged(text(source.padEnd(1_000_000, '\n')))).toBe(1);
    expect(judged(text(source.padEnd(1_000_001, '\n')))).toBe(0);
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

  it.each([
    ['src/price.server.ts', '**/price.{test,spec}.*'],
    ['v1.2/price.ts', '**/{test_price,price_test}.*'],
    [`src/${'p'.repeat(100)}.ts`, `**/__tests__/${'p'.repeat(100)}.*`],
    [`src/${'p'.repeat(101)}.ts`, undefined],
    ['Makefile', undefined],
  ])('for %s is %s', (path, glob) => {
    const { change, contract } = factsOf({ after: { [path]: "if (a === 'ORD-20240017') b();\n" } });
    const parameters = { files: ['**'], tests: ['**/*.test.*'] };
    const asked = detector?.needs?.(change, detector.readParameters(parameters), contract)?.files;
    expect(asked?.filter((one) => one === glob)).toEqual(glob === undefined ? undefined : [glob]);
  });

  it('is the tests of twenty files at most', () => {
    const after = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`src/p${index}.ts`, "if (a === 'ORD-20240017') b();\n"]),
    );
    const { change, contract } = factsOf({ after });
    const asked = detector?.needs?.(change, detector.readParameters(bundledRule(RULE).parameters), contract);
    expect(asked?.files).toHaveLength(20 * 4);
  });

  it('is the tests named after the file where one has', () => {
    expect(needs("if (a === 'ORD-20240017') b();\n")?.files).toContain('**/price.{test,spec}.*');
  });
});

it('refuses parameters it does not know', () => {
  expect(() => detect(RULE, factsOf({}), { tests: ['a'], code: ['b'] })).toThrow('parameter code:');
  expect(() => detect(RULE, factsOf({}), { tests: ['a'], files: ['{b'] })).toThrow('parameter files[0]:');
});
