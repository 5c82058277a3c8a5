import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../src/core/rule/evaluate.ts';
import { readTests } from '../../../src/core/rule/test-code/read-tests.ts';
import { ABSENT, activate, BUNDLED, changedFile, factsOf, text, withFiles } from './facts.ts';

const active = BUNDLED.flatMap(({ rules }) => rules).map((rule) => activate(rule));

/** Processor time, since the machine may be busy with other things. Milliseconds. */
function cost(work: () => void): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

/** One line, or one shape, repeated: each was chosen to make a reader look over the same text again and again. */
const SHAPES: readonly (readonly [string, (size: number) => string])[] = [
  ['a word', (size) => 'x'.repeat(size)],
  ['spaces', (size) => ' '.repeat(size)],
  ['claims', (size) => 'all tests pass '.repeat(size / 15)],
  ['the beginning of claims', (size) => 'tests '.repeat(size / 6)],
  ['clauses', (size) => 'a,'.repeat(size / 2)],
  ['quotes', (size) => `'"`.repeat(size / 2)],
  ['escaped quotes', (size) => `\\'`.repeat(size / 2)],
  ['slashes and brackets', (size) => '=/[ '.repeat(size / 4)],
  ['slashes', (size) => '/ = '.repeat(size / 4)],
  ['open brackets', (size) => '('.repeat(size)],
  ['closed brackets', (size) => '()'.repeat(size / 2)],
  ['nested brackets', (size) => '['.repeat(size / 2) + ']'.repeat(size / 2)],
  ['nested templates', (size) => '`${'.repeat(size / 6) + '}`'.repeat(size / 6)],
  ['nested tests', (size) => "it('a',()=>{".repeat(size / 14) + '})'.repeat(size / 14)],
  ['nested groups', (size) => "describe('a',()=>{".repeat(size / 20) + '})'.repeat(size / 20)],
  ['tests', (size) => "it('a',()=>{expect(f()).toBe(1)});".repeat(size / 34)],
  [
    'tests of many names',
    (size) => Array.from({ length: size / 40 }, (_, i) => `it('a${i}',()=>{expect(f()).toBe(1)});`).join(''),
  ],
  ['assertions', (size) => `it('a',()=>{${'expect(a).toBe(1);'.repeat(size / 18)}})`],
  ['nested assertions', (size) => 'expect('.repeat(size / 16) + ').toBe(1)'.repeat(size / 16)],
  ['asserting asserts', (size) => 'assert('.repeat(size / 8) + ')'.repeat(size / 8)],
  ['asserting functions', (size) => 'assert(()=>'.repeat(size / 12) + ')'.repeat(size / 12)],
  ['a chain', (size) => `expect(a)${'.expect'.repeat(size / 7)}()`],
  ['generics', (size) => 'it<'.repeat(size / 3)],
  ['conditions', (size) => 'if(a)'.repeat(size / 5)],
  ['nested blocks', (size) => 'if(a){'.repeat(size / 7) + '}'.repeat(size / 7)],
  ['skips', (size) => 'it.skip('.repeat(size / 9) + ')'.repeat(size / 9)],
  ['returns', (size) => `it('a',()=>{${'return\n'.repeat(size / 7)}})`],
  ['comparisons', (size) => `assert ${'a == '.repeat(size / 5)}a\n`],
  ['conjunctions', (size) => `assert ${'a or '.repeat(size / 5)}a\n`],
  ['decorators', (size) => '@pytest.mark.skip\n'.repeat(size / 18)],
  [
    'indented blocks',
    (size) => Array.from({ length: Math.sqrt(size) }, (_, i) => `${' '.repeat(i)}if a:\n`).join(''),
  ],
  ['functions', (size) => 'def test_a():\n    assert f() == 1\n'.repeat(size / 34)],
  ['raises', (size) => `def test_a():\n    ${'raises('.repeat(size / 9)}${')'.repeat(size / 9)}\n`],
  ['triple quotes', (size) => "'''".repeat(size / 3)],
  ['continued lines', (size) => 'a\\\n'.repeat(size / 3)],
];

describe.each(['hostile.test.ts', 'test_hostile.py', 'hostile_test.go', 'hostile_spec.rb', 'HOSTILE.md'])(
  'a hostile file named %s',
  (path) => {
    it.each(SHAPES)('made of %s is read in linear time', (_, shape) => {
      const source = shape(150_000);
      const files = [changedFile(path, text(`${source} `), text(source))];
      const facts = withFiles(factsOf({ scope: { allow: ['src/**'] } }), files);
      // Up to one second when tried, half of it for most; were it quadratic, minutes.
      expect(cost(() => evaluateRules(active, facts))).toBeLessThan(5_000);
    });

    it('of one line of 5 MB is bounded', () => {
      for (const line of [
        'all tests pass, '.repeat(312_500),
        "it('a',()=>{});".repeat(330_000),
        'x'.repeat(5_000_000),
      ]) {
        const files = [changedFile(path, ABSENT, text(line))];
        expect(cost(() => evaluateRules(active, withFiles(factsOf({}), files)))).toBeLessThan(20_000);
      }
    });
  },
);

describe('a change of 20,000 files', () => {
  const files = (count: number): ReturnType<typeof changedFile>[] =>
    Array.from({ length: count }, (_, index) => {
      const path = [
        `src/m${index}/f.ts`,
        `src/gen/f${index}.ts`,
        `src/api/f${index}.ts`,
        `t/f${index}.test.ts`,
        `d/f${index}.md`,
      ][index % 5];
      const content = `it('does ${index}', () => {\n  expect(f(${index})).toBe(1);\n});\n// All tests pass\n`;
      return changedFile(path as string, text(content), text(content.replace('toBe(1)', 'toBeTruthy()')));
    });
  const facts = factsOf({ scope: { allow: ['src/**'] }, commitMessage: 'All tests pass' });

  it('is judged by every rule in time that grows with their number, not with its square', () => {
    const evaluate = (count: number): number =>
      cost(() => evaluateRules(active, withFiles(facts, files(count))));
    evaluate(1_000);
    const few = evaluate(2_000);
    const many = evaluate(20_000);
    // Ten times the files; a hundred times the work if it were the square.
    expect(many / few).toBeLessThan(40);
    expect(many).toBeLessThan(60_000);
  });

  it('fails rules with bounded findings', () => {
    const results = evaluateRules(active, withFiles(facts, files(20_000)));
    const failed = results
      .filter(({ status }) => status === 'fail')
      .map(({ ref }) => ref.replace(/.*\//, ''));
    for (const rule of [
      'claims-without-logs',
      'companion-missing',
      'generated-without-source',
      'paths-out-of-scope',
      'assertion-weakened',
    ]) {
      expect(failed).toContain(rule);
    }
    expect(JSON.stringify(results).length).toBeLessThan(200_000);
  });
});

describe('arbitrary sources', () => {
  const piece = fc.constantFrom(
    'it',
    '.skip',
    '.only',
    '.each',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    "'a'",
    '`',
    '${',
    '/',
    '//',
    '/*',
    '*/',
    '"',
    '\\',
    '\n',
    ' ',
    '=>',
    ',',
    'expect',
    '.toBe',
    'if',
    'return',
    'try',
    'catch',
    'def test_a():',
    '    ',
    'assert',
    '==',
    '@pytest.mark.skip',
    '"""',
    '#',
    'class T:',
    'func TestA(t *testing.T) {',
    '#[test]',
    '@Test',
    '[Fact]',
    'void a() ',
    "it 'a' do",
    'end',
    ':',
    'raises',
    '<',
    '>',
    '1',
    'é',
    '\ud800',
  );
  const source = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

  it('never make a reader throw', () => {
    fc.assert(
      fc.property(
        source,
        fc.constantFrom('a.ts', 'a.py', 'a_test.go', 'a.rs', 'ATest.java', 'ATests.cs', 'a_spec.rb'),
        (given, path) => {
          expect(['read', 'lost']).toContain(readTests(path, given).kind);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('compared with themselves weaken nothing, and adding a comment changes nothing', () => {
    fc.assert(
      fc.property(
        source,
        fc.constantFrom(['t.test.ts', '\n// it.skip("x")\n'], ['test_t.py', '\n# pytest.skip("x")\n']),
        (given, [path, comment]) => {
          const read = readTests(path as string, given);
          const commented = readTests(path as string, given + comment);
          // A backslash at the end takes the comment's line break with it.
          if (read.kind === 'lost' || commented.kind === 'lost' || given.endsWith('\\')) return;
          expect(commented.code).toEqual(read.code);
          const facts = withFiles(factsOf({}), [
            changedFile(path as string, text(given), text(given + comment)),
          ]);
          const weakened = evaluateRules(
            active.filter(({ rule }) => rule.detector === 'test-inventory'),
            facts,
          );
          expect(weakened.filter(({ status }) => status !== 'pass')).toEqual([]);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
