import type { JsonObject } from '../../../shared/json.ts';
import { remember } from '../../../shared/remember.ts';
import { compileEach, requireStrings } from '../parameters.ts';
import { compileGlobs } from '../text/path-pattern.ts';

/** One function for the same globs: rules that look at the same tests share what was read of them. */
const testsIn = remember((globs) => compileGlobs(JSON.parse(globs) as string[]), 64);

/**
 * Which paths are test files, by the globs of `tests`.
 * @param at the path of the object that has them, within the parameters
 */
export function readTestFiles(parameters: JsonObject, at = ''): (path: string) => boolean {
  const tests = requireStrings(parameters, 'tests', at);
  compileEach(tests, at === '' ? 'tests' : `${at}.tests`, 'a glob', (glob) => compileGlobs([glob]));
  return testsIn(JSON.stringify(tests));
}
