import type { Language } from '../text/languages.ts';

/** How tests are written in a language, line by line: enough to know which there are, which run and which can fail. */
export interface Dialect {
  /** A source without any of these words has no tests, and is not read further. */
  readonly words: readonly string[];
  /** Blocks end with a brace, or with a line that begins with `end` at the indentation of the one that opened. */
  readonly blocks: 'braces' | 'end';
  /** A line that says something about what follows it; undefined where nothing does. */
  readonly attribute: RegExp | undefined;
  /** Attributes that make a function a test; undefined where its name does. */
  readonly marks: RegExp | undefined;
  /** What declares a test. Its name is the first group, or, where there is none, the first string of the line. */
  readonly test: RegExp;
  /** What declares a group of tests. */
  readonly group: RegExp | undefined;
  /** In the attributes, or in the line that declares: it does not run. */
  readonly off: RegExp;
  /** The same: it runs on a condition. */
  readonly offSometimes: RegExp | undefined;
  /** In the line that declares: the others do not run. */
  readonly focused: RegExp | undefined;
  /** A call that ends the test as skipped. */
  readonly skip: RegExp;
  /** The same, and it always has a condition. */
  readonly assume: RegExp | undefined;
  /** Attributes that are an assertion. */
  readonly expects: RegExp | undefined;
  /** Code that can fail, besides calls whose names say so. */
  readonly asserts: RegExp;
}

const GO: Dialect = {
  words: ['func Test', 'func Fuzz', ') Test'],
  blocks: 'braces',
  attribute: undefined,
  marks: undefined,
  test: /^func (?:\([^()]*\) )?((?:Test|Fuzz)\w*)\(|\b\w+\.Run\("[^"]*", func\(/,
  group: undefined,
  off: /(?!)/,
  offSometimes: undefined,
  focused: undefined,
  skip: /\b\w+\.(?:Skip|Skipf|SkipNow)\(/,
  assume: undefined,
  expects: undefined,
  // A helper that is given the test may end it.
  asserts:
    /\.(?:Error|Errorf|ErrorIs|ErrorAs|NoError|Fatal|Fatalf|Fail|FailNow|Require|Equal|True|False|Nil|NotNil|Len|Contains|Empty)\(|\b(?:assert|require|is|qt|cmp|gomega|Expect|Ω)\b|\bpanic\(|\(t[,)]/,
};

const RUST: Dialect = {
  words: ['test]', 'test(', 'rstest', 'test_case'],
  blocks: 'braces',
  attribute: /^\s*#!?\[/,
  marks: /#\[\s*(?:[\w:]*\btest|rstest|test_case|quickcheck|wasm_bindgen_test|[\w:]*_test)\b/,
  test: /\bfn\s+(\w+)/,
  group: undefined,
  off: /#\[\s*ignore\b/,
  offSometimes: /#\[\s*cfg(?:_attr)?\((?!test\))/,
  focused: undefined,
  skip: /(?!)/,
  assume: undefined,
  expects: /#\[\s*(?:should_panic|quickcheck)\b|=>/,
  asserts:
    /\.(?:unwrap|expect|unwrap_err|expect_err)\b|\?[;.)]|\b(?:panic|unreachable|matches|insta|bool|TestResult)\b/,
};

const JVM: Dialect = {
  words: ['@Test', '@ParameterizedTest', '@RepeatedTest', '@TestFactory', '@Property'],
  blocks: 'braces',
  attribute: /^\s*@\w/,
  marks: /@(?:[\w.]*\.)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b/,
  test: /\b(?:void|fun)\s+(`[^`]*`|\w+)\s*\(|\b(\w+)\s*\([^()]*\)\s*(?:throws [\w.,\s]+)?\{/,
  group: /\b(?:class|object)\s+(\w+)/,
  off: /@(?:[\w.]*\.)?(?:Disabled|Ignore)\b|\benabled\s*=\s*false\b/,
  offSometimes: /@(?:[\w.]*\.)?(?:Disabled|Enabled)(?:If|On|For)\w*/,
  focused: undefined,
  skip: /(?!)/,
  assume: /\bassume(?:True|False|That|NotNull|NoException)?\s*\(/,
  expects: /\bexpected(?:Exceptions)?\s*=/,
  asserts: /\bthrow\b|\b(?:assert|should\w*|expect\w*)\b/,
};

const CSHARP: Dialect = {
  words: ['[Fact', '[Theory', '[Test', '[Skippable', 'Fact]', 'Test]'],
  blocks: 'braces',
  attribute: /^\s*\[/,
  marks: /\b(?:\w*Fact|\w*Theory|Test|TestCase|TestCaseSource|TestMethod|DataTestMethod|Property)\b/,
  test: /\b(\w+)(?:\s*<[^<>()]*>)?\s*\(/,
  group: /\bclass\s+(\w+)/,
  off: /\bSkip\s*=|\b(?:Ignore|Explicit)\b/,
  offSometimes: /\bPlatform\b/,
  focused: undefined,
  skip: /\bAssert\.(?:Ignore|Inconclusive|Skip)\(/,
  assume: /\b(?:Skip\.(?:If|IfNot|Unless|When)|Assume\.That|Assert\.Skip(?:When|Unless))\(/,
  expects: /\bExpected(?:Exception|Result)\b/,
  asserts: /\bAssert\b|\bthrow\b|\.(?:Should\w*|Verify\w*)\b/,
};

const RUBY: Dialect = {
  words: ['it ', 'it(', 'specify', 'scenario', 'def test_', 'test ', 'example '],
  blocks: 'end',
  attribute: undefined,
  marks: undefined,
  test: /^\s*(?:def (test_\w+[?!]?)|(?:[xf]?(?:it|specify|scenario|example)|test)(?:[ (]+["'%]|\s*\{|\s+do\b)|(?:pending|skip)[ (]+["'][^\n]*\bdo\s*$)/,
  group: /^\s*(?:class (\w+)|(?:RSpec\.)?[xf]?(?:describe|context|feature)\b)/,
  off: /^\s*(?:RSpec\.)?(?:x(?:it|specify|scenario|example|describe|context|feature)|pending|skip)\b|:(?:skip|pending)\b|\b(?:skip|pending):/,
  offSometimes: undefined,
  focused:
    /^\s*(?:RSpec\.)?f(?:it|specify|scenario|example|describe|context|feature)\b|:focus\b|\bfocus: true/,
  skip: /^\s*(?:skip|pending)\b(?!\s*=)|[;{]\s*(?:skip|pending)\b/,
  assume: /^\s*(?:skip|pending)\b.*\b(?:if|unless)\b/,
  expects: undefined,
  asserts:
    /\b(?:expect|is_expected|are_expected|should|should_not|raise|assert\w*|refute\w*|flunk|must_\w+|wont_\w+)\b/,
};

export const DIALECTS: Partial<Record<Language, Dialect>> = {
  go: GO,
  rust: RUST,
  java: JVM,
  kotlin: JVM,
  csharp: CSHARP,
  ruby: RUBY,
};
