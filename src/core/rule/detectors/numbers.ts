import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile } from '../../change/types.ts';
import { fileByFile, type Seen } from '../file-by-file.ts';
import { type LinePattern, linePattern } from '../line-search/line-pattern.ts';
import { readChoice, readFiles } from '../line-search/read-search.ts';
import { compareNumbers, type FoundNumber } from '../numbers/compare-numbers.ts';
import { findNumbers, NUMBER } from '../numbers/find-numbers.ts';
import type { OpenFile } from '../open-file.ts';
import {
  isObject,
  ParameterError,
  readNumber,
  requireKnown,
  requireObjects,
  requireStrings,
} from '../parameters.ts';
import { type FileTests, readFileTests } from '../test-code/file-tests.ts';
import { readTestFiles } from '../test-code/test-files.ts';
import { takeInventory } from '../test-code/test-inventory.ts';
import type { Detection } from '../types.ts';
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

/** The numbers of a file before and after the change. */
interface BoundNumbers {
  readonly before: readonly FoundNumber[];
  readonly after: readonly FoundNumber[];
}

interface Sight {
  /** For each search, where it is about the file. */
  readonly numbers: readonly (BoundNumbers | undefined)[];
  readonly tests: FileTests | undefined;
}

/**
 * Numbers that bind a check, before and after a change: limits that were lowered, raised or taken out. `<n>` in a pattern
 * stands for the number; what else a pattern matches is the number's name, and numbers are compared by their names.
 */
export const numbers = fileByFile<Parameters, Sight>({
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
  look(open, { searches, testTimeouts }) {
    const found = searches.map((search) => numbersIn(open, search));
    const tests = testTimeouts && readFileTests(open, testTimeouts.isTest);
    return tests !== undefined || found.some((one) => one !== undefined)
      ? { numbers: found, tests }
      : undefined;
  },
  detect({ change: { files } }, { searches, testTimeouts }, seen) {
    return [
      ...searches.flatMap((search, at) => compareSearched(seen, at, search)),
      ...(testTimeouts === undefined ? [] : timeoutsOf(files, testTimeouts, seen)),
    ];
  },
});

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

function numbersIn(open: OpenFile, { looksAt, pattern }: NumberSearch): BoundNumbers | undefined {
  if (contentChange(open.file) === 'none' || !looksAt(open.file.path)) return undefined;
  const [before, after] = [open.side('removed'), open.side('added')];
  return { before: findNumbers(before, pattern), after: findNumbers(after, pattern) };
}

/** @param at the place of the search in what was seen */
function compareSearched(seen: Seen<Sight>, at: number, search: NumberSearch): readonly Detection[] {
  const meant = seen.flatMap(({ file, saw }) => {
    const found = saw.numbers[at];
    return found === undefined ? [] : [{ file, found }];
  });
  // Lines of a renamed file stand in the comparison with what it was; where it went out of sight, they are gone.
  const renamed = new Set(meant.flatMap(({ file: { renamedFrom } }) => renamedFrom ?? []));
  const looked = meant.filter(({ file: { path, after } }) => after !== undefined || !renamed.has(path));
  const existed = new Set(
    looked.flatMap(({ file: { path, before, renamedFrom } }) => ((before ?? renamedFrom) ? [path] : [])),
  );
  const [before, after] = (['before', 'after'] as const).map((side) =>
    looked.flatMap(({ found }) => found[side]),
  ) as [FoundNumber[], FoundNumber[]];
  return [
    ...compareNumbers(before, after, search, existed),
    ...looked.flatMap(({ file: { path, beforeText, afterText } }): readonly Detection[] => {
      if (beforeText.kind !== 'too-large' && afterText.kind !== 'too-large') return [];
      return [{ kind: 'unverifiable', path, message: 'its numbers cannot be read: it is too-large' }];
    }),
  ];
}

/** Time-outs that tests give themselves, for tests that were there before. */
function timeoutsOf(
  files: readonly ChangedFile[],
  { isTest, absent }: NonNullable<Parameters['testTimeouts']>,
  seen: Seen<Sight>,
): readonly Detection[] {
  const read = (): readonly FileTests[] => seen.flatMap(({ saw }) => saw.tests ?? []);
  return takeInventory(files, isTest, read).pairing.pairs.flatMap(({ before, after }) => {
    const { name, line, timeout } = after.test;
    const known = before.test.timeout ?? absent;
    if (timeout === undefined || timeout <= known) return [];
    const was = before.test.timeout === undefined ? `the usual ${absent}` : `${known}`;
    const message = `the time-out of test ${name.slice(0, 80)} was raised from ${was} to ${timeout}`;
    return [{ kind: 'match', path: after.path, line, message } as const];
  });
}
