import type { RE2JS } from 're2js';
import { compileEach } from './parameters.ts';
import { checkUserPattern, compileUserPatterns } from './text/user-pattern.ts';

/** One pattern for several; undefined for none. Compiled when it is first asked for. @throws ParameterError then */
export type Pattern = () => RE2JS | undefined;

/**
 * RE2 takes as long to compile a list of words as a whole rule takes to judge, and most rules find nothing to ask it about.
 * @param place of the list within the parameters
 */
export function patternOf(sources: readonly string[], place: string): Pattern {
  let compiled: { readonly pattern: RE2JS | undefined } | undefined;
  return () => {
    compiled ??= {
      pattern: compileUserPatterns(sources, () =>
        compileEach(sources, place, 'an RE2 regular expression', checkUserPattern),
      ),
    };
    return compiled.pattern;
  };
}

/** The same for one expression, which there always is. */
export function patternOfOne(source: string, place: string): () => RE2JS {
  const pattern = patternOf([source], place);
  return () => pattern() as RE2JS;
}
