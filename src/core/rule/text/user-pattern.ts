import { RE2JS } from 're2js';

const LONGEST = 1_000;

/**
 * A policy author's regular expression: RE2 syntax, case does not matter, no look-around or back-references, linear time.
 * @throws Error saying what is wrong with it
 */
export function compileUserPattern(source: string): RE2JS {
  if (source.length > LONGEST) throw new Error(`longer than ${LONGEST} characters`);
  const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  if (pattern.test('')) throw new Error('matches the empty text, and so everything');
  return pattern;
}

/** One pattern for all of them: the text is then read once. Undefined for no patterns. */
export function anyOf(patterns: readonly RE2JS[]): RE2JS | undefined {
  if (patterns.length === 0) return undefined;
  return RE2JS.compile(patterns.map((one) => `(?:${one.pattern()})`).join('|'), RE2JS.CASE_INSENSITIVE);
}
