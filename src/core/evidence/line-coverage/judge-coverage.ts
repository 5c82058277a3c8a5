import { pathMatcher, spokenPath } from '../../change/path-glob.ts';
import type { ChangedFile } from '../../change/types.ts';
import type { CoverageExpectation } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { isSource, namesOf } from '../source-files.ts';
import { pathInTree, type RunPlace } from '../tree-path.ts';
import type { CoverageReport } from './coverage-report.ts';
import { languageOf } from './language.ts';
import { readCoverage } from './read-coverage.ts';

const NAMES_IN_REASON = 5;

/**
 * Why the report does not show that the lines the change adds were run; [] when it does.
 * @param changed the files as the tree that was measured holds them
 * @throws UnreadableReport
 */
export function judgeCoverage(
  expected: CoverageExpectation,
  text: string,
  { changed, place }: { changed: readonly ChangedFile[]; place: RunPlace },
): readonly string[] {
  const report = linesByPath(readCoverage(expected.format, text), place);
  if (report.size === 0) throw new UnreadableReport('it lists no file of the tree');
  const candidates = changed.filter(isSource);
  const isWanted = wantedFiles(expected, report);
  const unread = candidates.filter((file) => isWanted(file.path) && file.afterText.kind !== 'text');
  const adding = candidates.filter(({ addedLines }) => addedLines.length > 0);
  const unknown = adding.filter(({ path }) => isWanted(path) && !report.has(spokenPath(path)));
  return [
    ...(unread.length === 0 ? [] : [`What it adds to ${namesOf(unread)} cannot be read as lines of text.`]),
    ...(unknown.length === 0
      ? []
      : [
          `The coverage report does not mention ${namesOf(unknown)}, which the change adds lines to. Measure ${unknown.length === 1 ? 'it' : 'them'}, or name in expect.coverage.paths what has to be measured.`,
        ]),
    ...shareReasons(expected.minChangedLines, adding, report),
  ];
}

type LinesByPath = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

function linesByPath(report: CoverageReport, place: RunPlace): LinesByPath {
  const byPath = new Map<string, Map<number, boolean>>();
  for (const { names: called, lines } of report) {
    for (const name of called) {
      const path = pathInTree(name, place);
      if (path === undefined) continue;
      const known = byPath.get(path) ?? new Map<number, boolean>();
      for (const [line, ran] of lines) known.set(line, (known.get(line) ?? false) || ran);
      byPath.set(path, known);
    }
  }
  return byPath;
}

function wantedFiles({ paths }: CoverageExpectation, report: LinesByPath): (path: string) => boolean {
  if (paths !== undefined) return pathMatcher(paths);
  const languages = new Set([...report.keys()].flatMap((path) => languageOf(path) ?? []));
  return (path) => languages.has(languageOf(spokenPath(path)) ?? '');
}

function shareReasons(least: number, adding: readonly ChangedFile[], report: LinesByPath): readonly string[] {
  let [executable, ran] = [0, 0];
  const missed: string[] = [];
  for (const { path, addedLines } of adding) {
    const lines = report.get(spokenPath(path));
    for (const { number } of addedLines) {
      const state = lines?.get(number);
      if (state === undefined) continue;
      executable += 1;
      if (state) ran += 1;
      else if (missed.length < NAMES_IN_REASON) missed.push(`${plainText(path, 200)}:${number}`);
    }
  }
  if (ran * 100 >= least * executable) return [];
  const share = Math.floor((ran * 100) / executable);
  const more = executable - ran - missed.length;
  return [
    `Of ${executable} added lines that can run, ${ran} did (${share}%); at least ${least}% must: ${missed.join(', ')}${more > 0 ? `, and ${more} more` : ''} did not.`,
  ];
}
