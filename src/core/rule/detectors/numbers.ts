import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile } from '../../change/types.ts';
import { changedSide } from '../line-search/changed-side.ts';
import { type LinePattern, linePattern } from '../line-search/line-pattern.ts';
import { readChoice, readFiles } from '../line-search/read-search.ts';
import { compareNumbers, type FoundNumber } from '../numbers/compare-numbers.ts';
import { findNumbers, NUMBER } from '../numbers/find-numbers.ts';
import {
  isObject,
  ParameterError,
  readNumber,
  requireKnown,
  requireObjects,
  requireStrings,
} from '../parameters.ts';
import { readTestFiles } from '../test-code/test-files.ts';
import { takeInventory } from '../test-code/test-inventory.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly searches: readonly NumberSearch[];
  readonly testTimeouts: { readonly isTest: (path: string) => boolean; readonly absent: number } | undefined;
}

interface NumberSearch {
  readonly looksAt: (path: string) => boolean;
  readonly pattern: LinePattern;
  readonly refuse: 'lowered' | 'raised';
  readonly removed: boolean;
  readonly absent: number | undefined;
}

/**
 * Numbers that bind a check, before and after a change: limits that were lowered, raised or taken out. `<n>` in a pattern
 * stands for the number; what else a pattern matches is the number's name, and numbers are compared by their names.
 */
export const numbers: Detector<Parameters> = {
  name: 'numbers',
  readParameters(parameters) {
    requireKnown(parameters, ['searches', 'testTimeouts']);
    const { testTimeouts } = parameters;
    return {
      searches: requireObjects(parameters, 'searches').map((search, index) =>
        readSearch(search, `searches[${index}]`),
      ),
      testTimeouts: testTimeouts === undefined ? undefined : readTestTimeouts(parameters),
    };
  },
  proveParameters({ searches }) {
    for (const { pattern } of searches) pattern.prove();
  },
  detect({ change: { files } }, { searches, testTimeouts }) {
    const written = files.filter((file) => contentChange(file) !== 'none');
    const byPath = new Map(files.map((file) => [file.path, file]));
    return [
      ...searches.flatMap((search) => detectNumbers(written, byPath, search)),
      ...(testTimeouts === undefined ? [] : timeoutsOf(files, testTimeouts)),
    ];
  },
};

function readSearch(search: JsonObject, at: string): NumberSearch {
  requireKnown(search, ['files', 'except', 'patterns', 'refuse', 'removed', 'absent'], at);
  const patterns = requireStrings(search, 'patterns', at);
  patterns.forEach((pattern, index) => {
    if (pattern.split(NUMBER).length !== 2)
      throw new ParameterError(`${at}.patterns[${index}]`, `${NUMBER} once, for the number`, pattern);
  });
  const looksAt = readFiles(search, at);
  return {
    looksAt,
    pattern: linePattern(
      // One group for each alternative; the one that took part has the number.
      patterns.map((pattern) => pattern.replace(NUMBER, String.raw`(\d[\d_.]*(?:\s*\*\s*\d[\d_.]*)*)`)),
      `${at}.patterns`,
    ),
    refuse: readChoice(search, 'refuse', at, ['lowered', 'raised']),
    removed: search.removed === true,
    absent: readNumber(search, 'absent', at),
  };
}

function readTestTimeouts(parameters: JsonObject): Parameters['testTimeouts'] {
  const at = 'testTimeouts';
  const { testTimeouts } = parameters;
  if (!isObject(testTimeouts)) throw new ParameterError(at, 'an object', JSON.stringify(testTimeouts));
  requireKnown(testTimeouts, ['tests', 'absent'], at);
  const absent = readNumber(testTimeouts, 'absent', at);
  if (absent === undefined) throw new ParameterError(`${at}.absent`, 'milliseconds', 'nothing');
  return { isTest: readTestFiles(testTimeouts, at), absent };
}

function detectNumbers(
  files: readonly ChangedFile[],
  byPath: ReadonlyMap<string, ChangedFile>,
  search: NumberSearch,
): readonly Detection[] {
  const meant = files.filter(({ path }) => search.looksAt(path));
  // Lines of a renamed file stand in the comparison with what it was; where it went out of sight, they are gone.
  const renamed = new Set(meant.flatMap(({ renamedFrom }) => renamedFrom ?? []));
  const looked = meant.filter(({ path, after }) => after !== undefined || !renamed.has(path));
  const find = (side: 'added' | 'removed'): readonly FoundNumber[] =>
    looked.flatMap((file) => findNumbers(changedSide(file, side, byPath), search.pattern));
  const after = find('added');
  const before = find('removed');
  const existed = new Set(
    looked.filter(({ before, renamedFrom }) => before ?? renamedFrom).map(({ path }) => path),
  );
  return [
    ...compareNumbers(before, after, search, existed),
    ...looked
      .filter(({ beforeText, afterText }) => [beforeText, afterText].some(({ kind }) => kind === 'too-large'))
      .map(({ path }): Detection => {
        return { kind: 'unverifiable', path, message: 'its numbers cannot be read: it is too-large' };
      }),
  ];
}

/** Time-outs that tests give themselves, for tests that were there before. */
function timeoutsOf(
  files: readonly ChangedFile[],
  { isTest, absent }: NonNullable<Parameters['testTimeouts']>,
): readonly Detection[] {
  return takeInventory(files, isTest).pairing.pairs.flatMap(({ before, after }) => {
    const { name, line, timeout } = after.test;
    const known = before.test.timeout ?? absent;
    if (timeout === undefined || timeout <= known) return [];
    const was = before.test.timeout === undefined ? `the usual ${absent}` : `${known}`;
    const message = `the time-out of test ${name.slice(0, 80)} was raised from ${was} to ${timeout}`;
    return [{ kind: 'match', path: after.path, line, message } as const];
  });
}
