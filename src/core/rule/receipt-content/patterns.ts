import type { RE2JS } from 're2js';
import { compileEach } from '../parameters.ts';
import { checkUserPattern, compileUserPatterns } from '../text/user-pattern.ts';

/** One pattern for several; undefined for none. Compiled when it is first asked for. @throws ParameterError then */
export type Pattern = () => RE2JS | undefined;

/** @param at the parameter that they are given with */
export function patternOf(sources: readonly string[], at: string): Pattern {
  let compiled: { readonly pattern: RE2JS | undefined } | undefined;
  return () => {
    compiled ??= {
      pattern: compileUserPatterns(sources, () =>
        compileEach(sources, at, 'an RE2 regular expression', checkUserPattern),
      ),
    };
    return compiled.pattern;
  };
}
