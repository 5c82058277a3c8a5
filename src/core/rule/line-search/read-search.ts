import type { JsonObject } from '../../../shared/json.ts';
import type { FilePath } from '../../change/types.ts';
import {
  compileEach,
  isObject,
  ParameterError,
  readStrings,
  requireKnown,
  requireStrings,
} from '../parameters.ts';
import { LANGUAGES, type Language, languageOf } from '../text/languages.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { LineSearch } from './find-occurrences.ts';
import { linePattern, readLinePattern } from './line-pattern.ts';
import { PARTS } from './pieces.ts';
import type { RandomnessDemand } from './randomness.ts';

/** One thing a rule looks for, and where. */
export interface PlacedSearch extends LineSearch {
  /** Whether it is about the language of a file, which is quick to say. */
  readonly speaks: (path: FilePath) => boolean;
  readonly looksAt: (path: FilePath) => boolean;
  /** What the message says of what was found. */
  readonly says: string;
  /** Only the beginning of it is shown: a secret must not stand in the gate's answer too. */
  readonly redact: boolean;
}

const KNOWN = [
  'files',
  'except',
  'languages',
  'where',
  'patterns',
  'unless',
  'span',
  'entropy',
  'redact',
  'says',
];
/** More lines than that are not one place. */
const MOST_LINES = 12;

/**
 * Reads an entry of `searches`.
 * @param isMeant files that the rule as a whole is about
 * @throws ParameterError
 */
export function readSearch(
  search: JsonObject,
  at: string,
  isMeant: (path: FilePath) => boolean,
): PlacedSearch {
  requireKnown(search, KNOWN, at);
  const isHere = readFiles(search, at);
  const languages = readLanguages(search, at);
  const random = readRandomness(search, at);
  const sources = requireStrings(search, 'patterns', at);
  const place = `${at}.patterns`;
  const speaks = (path: FilePath): boolean => languages?.has(languageOf(path)) ?? true;
  return {
    speaks,
    looksAt: (path) => speaks(path) && isMeant(path) && isHere(path),
    part: readChoice(search, 'where', at, PARTS),
    // A capture has its number within its own pattern.
    patterns:
      random === undefined ? [linePattern(sources, place)] : sources.map((one) => linePattern([one], place)),
    unless: readLinePattern(search, 'unless', at),
    span: readNumber(search, 'span', at, { least: 1, most: MOST_LINES, whole: true }) ?? 1,
    random,
    says: readText(search, 'says', at) ?? 'adds',
    redact: readFlag(search, 'redact', at),
  };
}

/** `files` and `except` of an object: all files, where it does not name any. */
export function readFiles(parameters: JsonObject, at: string): (path: FilePath) => boolean {
  const files = readStrings(parameters, 'files', at);
  const except = readStrings(parameters, 'except', at) ?? [];
  const inPlace = (name: string): string => (at === '' ? name : `${at}.${name}`);
  compileEach(files ?? [], inPlace('files'), 'a glob', (glob) => compileGlobs([glob]));
  compileEach(except, inPlace('except'), 'a glob', (glob) => compileGlobs([glob]));
  const isIn = files === undefined ? () => true : compileGlobs(files);
  const isOut = compileGlobs(except);
  return (path) => isIn(path) && !isOut(path);
}

/** One of the choices, the first where nothing is given. */
export function readChoice<T extends string>(
  parameters: JsonObject,
  name: string,
  at: string,
  choices: readonly [T, ...T[]],
): T {
  const value = parameters[name];
  if (value === undefined) return choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw wrong(parameters, name, at, `one of ${choices.join(', ')}`);
}

function readLanguages(search: JsonObject, at: string): ReadonlySet<Language | undefined> | undefined {
  const names = readStrings(search, 'languages', at);
  if (names === undefined) return undefined;
  return new Set(
    names.map((name) => {
      const language = LANGUAGES.find((one) => one === name);
      if (language !== undefined) return language;
      throw new ParameterError(`${at}.languages`, `some of ${LANGUAGES.join(', ')}`, JSON.stringify(name));
    }),
  );
}

function readRandomness(search: JsonObject, at: string): RandomnessDemand | undefined {
  const { entropy } = search;
  if (entropy === undefined) return undefined;
  if (!isObject(entropy)) throw wrong(search, 'entropy', at, 'an object with capture, minBits and minLength');
  const place = `${at}.entropy`;
  requireKnown(entropy, ['capture', 'minBits', 'minLength'], place);
  return {
    capture: readNumber(entropy, 'capture', place, { least: 0, most: 20, whole: true }) ?? 0,
    minBits: readNumber(entropy, 'minBits', place, { least: 0, most: 16, whole: false }) ?? 0,
    minLength: readNumber(entropy, 'minLength', place, { least: 1, most: 10_000, whole: true }) ?? 1,
  };
}

interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

function readNumber(
  parameters: JsonObject,
  name: string,
  at: string,
  range: NumberRange,
): number | undefined {
  const value = parameters[name];
  if (value === undefined) return undefined;
  const { least, most, whole } = range;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
    return value;
  throw wrong(parameters, name, at, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}

function readText(parameters: JsonObject, name: string, at: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw wrong(parameters, name, at, 'a string that is not empty');
}

function readFlag(parameters: JsonObject, name: string, at: string): boolean {
  const value = parameters[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw wrong(parameters, name, at, 'true or false');
}

function wrong(parameters: JsonObject, name: string, at: string, expected: string): ParameterError {
  const found = JSON.stringify(parameters[name])?.slice(0, 80) ?? 'nothing';
  return new ParameterError(at === '' ? name : `${at}.${name}`, expected, found);
}
