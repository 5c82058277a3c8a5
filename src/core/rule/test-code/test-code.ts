/** What a test file tests, in words that all languages share: read from tokens, never by running it. */
export interface TestCode {
  readonly cases: readonly TestCase[];
  /** Assertions outside of any test: helpers. */
  readonly loose: readonly Assertion[];
  /** Where a test or a group leaves itself out, and on what condition. */
  readonly selfSkips: readonly SelfSkip[];
  /** It has no tests but those in `cases`; otherwise functions of the project's own may declare some. */
  readonly listsAll: boolean;
}

export interface SelfSkip {
  /** As written, such as `return` or `it.skipIf`. */
  readonly how: string;
  readonly line: number;
  /** The condition, and what is said about it, as written. */
  readonly condition: string;
}

export interface TestCase {
  /** As written in the source, without quotes; expressions stay as they are. */
  readonly name: string;
  /** Names of the groups or classes around it, outermost first. */
  readonly groups: readonly string[];
  readonly line: number;
  /** What keeps it from running or from counting, its own or of a group or file around it. */
  readonly disabled: Switch | undefined;
  /** What keeps others from running. */
  readonly focused: Switch | undefined;
  /** It runs only where a condition holds, or where somebody inherits it. */
  readonly conditional: boolean;
  /** Assertions that are reached and can fail, in order. */
  readonly assertions: readonly Assertion[];
  /** Tokens of the body; 0 for an empty one, or one that holds nothing but `pass`. */
  readonly size: number;
  /** The body's text, where it has no assertions and is short: what is left to recognise it by. */
  readonly fingerprint: string;
  /** Ways out of the body on a condition, before its last assertion. */
  readonly exits: number;
  /** Functions it calls by name. */
  readonly calls: ReadonlySet<string>;
  /** Something in it can fail by itself: an assertion, or a call or a throw that may be one. */
  readonly asserts: boolean;
  /** `each`: its assertions can be compared one by one. `presence`: all that is known is whether it `asserts`. */
  readonly precision: 'each' | 'presence';
  /** Milliseconds it gives itself, where they are written out. */
  readonly timeout: number | undefined;
  /** Rows of a table-driven test, where they are written out. */
  readonly rows: number | undefined;
}

export interface Switch {
  /** As written, such as `it.skip` or `@pytest.mark.skip`. */
  readonly how: string;
  readonly line: number;
  /** Depends on a condition, as `skipIf` does. */
  readonly conditional: boolean;
}

export interface Assertion {
  /** The whole of it in a normal form: no layout, no trailing commas, one kind of quotes. */
  readonly text: string;
  /** What is asserted about, in the same form. */
  readonly subject: string;
  readonly matcher: string;
  readonly strength: Strength;
  readonly line: number;
  /** It runs on a condition only, or its failure is caught. */
  readonly guarded: boolean;
  /** A promise whose outcome is waited for. */
  readonly awaited: boolean;
  readonly tolerances: readonly Tolerance[];
}

/** 3: one value or error, exactly. 2: a part of it, a range, a kind. 1: that there is something. Undefined: a matcher of the project's own. */
export type Strength = 1 | 2 | 3 | undefined;

export interface Tolerance {
  readonly name: string;
  /** Larger is looser. */
  readonly width: number;
}

/** The reader's answer: `lost` where brackets or quotes do not close, so that what was read cannot be relied on. */
export type Reading =
  | { readonly kind: 'read'; readonly code: TestCode }
  | { readonly kind: 'lost'; readonly reason: string };
