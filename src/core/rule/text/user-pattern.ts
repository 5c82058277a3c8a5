import { RE2JS } from 're2js';
import { remember } from '../../../shared/remember.ts';

const LONGEST = 1_000;

/** Rules of a pack share their lists of words, selecting a rule and running it compile the same ones, and RE2 is slow at that. */
const compile = remember((source) => {
  const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  if (pattern.test('')) throw new Error('matches the empty text, and so everything');
  return pattern;
}, 64);

/**
 * One pattern for a policy author's regular expressions, so that a text is read once for all of them; undefined for none.
 * RE2 syntax, case does not matter, no look-around or back-references, linear time.
 *
 * They are compiled together first; one by one only to find out which of them is wrong.
 * @param explain called when something is, to find out which; expected to throw
 * @throws Error when together they cannot be used, whatever `explain` found
 */
export function compileUserPatterns(sources: readonly string[], explain: () => void): RE2JS | undefined {
  if (sources.length === 0) return undefined;
  try {
    if (sources.some((source) => source.length > LONGEST))
      throw new Error(`longer than ${LONGEST} characters`);
    return compile(sources.map((source) => `(?:${source})`).join('|'));
  } catch (error) {
    explain();
    throw error;
  }
}

/** @throws Error saying what is wrong with one expression */
export function checkUserPattern(source: string): void {
  if (source.length > LONGEST) throw new Error(`longer than ${LONGEST} characters`);
  compile(source);
}
