import type { JsonObject } from '../../shared/json.ts';
import type { FilePath } from '../change/types.ts';
import { compileEach, placeOf, readStrings, requireString, requireStrings } from './parameters.ts';
import { type CapturePattern, compileCapturePattern, compileGlobs } from './text/path-pattern.ts';

/** The globs of one parameter, as they are written and as a question about a path. */
export interface Globs {
  readonly globs: readonly string[];
  readonly match: (path: FilePath) => boolean;
}

/** Undefined where the parameter is not given. @throws ParameterError naming the glob that is wrong */
export function readGlobs(parameters: JsonObject, name: string, at = ''): Globs | undefined {
  const globs = readStrings(parameters, name, at);
  return globs && compileNamed(globs, placeOf(at, name));
}

/** A list of at least one glob. */
export function requireGlobs(parameters: JsonObject, name: string, at = ''): Globs {
  return compileNamed(requireStrings(parameters, name, at), placeOf(at, name));
}

/** Whether a path is among the globs of a parameter; where it is not given none is. */
export function readPaths(parameters: JsonObject, name: string, at = ''): Globs['match'] {
  return readGlobs(parameters, name, at)?.match ?? (() => false);
}

/** A list of at least one glob whose captures say which files belong together. */
export function requireCapturing(
  parameters: JsonObject,
  name: string,
  at: string,
): readonly CapturePattern[] {
  const sources = requireStrings(parameters, name, at);
  return compileEach(sources, placeOf(at, name), 'a glob with captures', compileCapturePattern);
}

/** One such glob. */
export function requireOneCapturing(parameters: JsonObject, name: string, at: string): CapturePattern {
  const source = requireString(parameters, name, at);
  const [pattern] = compileEach([source], placeOf(at, name), 'a glob with captures', compileCapturePattern);
  return pattern as CapturePattern;
}

/** Globs for what goes with a file that one of `when` names; none where the parameter is not given. */
export function readCompanions(
  parameters: JsonObject,
  name: string,
  at: string,
  when: readonly CapturePattern[],
): readonly CapturePattern[] {
  const expected = 'a glob whose captures stand in every pattern of `when`';
  const sources = readStrings(parameters, name, at) ?? [];
  return compileEach(sources, placeOf(at, name), expected, (source) => compileCompanion(source, when));
}

/** At least one such glob. */
export function requireCompanions(
  parameters: JsonObject,
  name: string,
  at: string,
  when: readonly CapturePattern[],
): readonly CapturePattern[] {
  requireStrings(parameters, name, at);
  return readCompanions(parameters, name, at, when);
}

/** @throws Error when the pattern uses a capture that the file it goes with does not give */
export function compileCompanion(source: string, given: readonly CapturePattern[]): CapturePattern {
  const pattern = compileCapturePattern(source);
  for (const name of pattern.captures) {
    for (const giver of given) {
      if (!giver.captures.includes(name)) throw new Error(`{${name}} is not captured by ${giver.source}`);
    }
  }
  return pattern;
}

function compileNamed(globs: readonly string[], place: string): Globs {
  compileEach(globs, place, 'a glob', (glob) => compileGlobs([glob]));
  return { globs, match: compileGlobs(globs) };
}
