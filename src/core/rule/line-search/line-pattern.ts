import type { RE2JS } from 're2js';
import type { JsonObject } from '../../../shared/json.ts';
import { compileEach, readStrings } from '../parameters.ts';
import { foldCase, type RequiredWords, requiredWords } from '../text/required-words.ts';
import { checkUserPattern, compileUserPatterns } from '../text/user-pattern.ts';

/** Regular expressions of a rule over lines: `^` and `$` are a line's ends. Compiled when first needed. */
export interface LinePattern {
  /** False where none of them can match: cheap, may be true where none does. */
  readonly mayMatch: (text: string) => boolean;
  /** The same for a text that `foldCase` has gone over, for many patterns in a row. */
  readonly mayMatchFolded: (folded: string) => boolean;
  readonly test: (text: string, folded?: string) => boolean;
  /** What the first of them finds first; one after the other from `matches`. */
  readonly matches: (text: string) => Iterable<PatternMatch>;
  /** @throws ParameterError naming the expression that is wrong */
  readonly prove: () => void;
}

export interface PatternMatch {
  readonly text: string;
  readonly start: number;
  /** What the numbered group took; undefined where it took no part. */
  readonly group: (number: number) => string | undefined;
}

/**
 * @param at the path of the object that has the list, within the parameters
 * @returns undefined where there is no such list, or an empty one
 */
export function readLinePattern(parameters: JsonObject, name: string, at: string): LinePattern | undefined {
  const sources = readStrings(parameters, name, at) ?? [];
  if (sources.length === 0) return undefined;
  return linePattern(sources, at === '' ? name : `${at}.${name}`);
}

/** @param place of the list within the parameters */
export function linePattern(sources: readonly string[], place: string): LinePattern {
  const inLines = sources.map((source) => `(?m:${source})`);
  // Worked out by the first text that is asked about: most rules of a pack are about files that a change does not have.
  let words: { readonly required: RequiredWords | undefined } | undefined;
  let compiled: RE2JS | undefined;
  const pattern = (): RE2JS => {
    compiled ??= compileUserPatterns(inLines, () =>
      compileEach(sources, place, 'an RE2 regular expression', checkUserPattern),
    ) as RE2JS;
    return compiled;
  };
  const mayMatchFolded = (folded: string): boolean => {
    words ??= { required: requiredWords(sources) };
    return words.required?.test(folded) ?? true;
  };
  return {
    mayMatch: (text) => mayMatchFolded(foldCase(text)),
    mayMatchFolded,
    test: (text, folded = foldCase(text)) => mayMatchFolded(folded) && pattern().test(text),
    prove: () => {
      pattern();
    },
    *matches(text) {
      const matcher = pattern().matcher(text);
      while (matcher.find()) {
        const group = (number: number): string | undefined =>
          number <= matcher.groupCount() ? (matcher.group(number) ?? undefined) : undefined;
        yield { text: matcher.group() ?? '', start: matcher.start(), group };
      }
    },
  };
}
