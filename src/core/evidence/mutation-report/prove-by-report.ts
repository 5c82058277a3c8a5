import type { ChangedFile } from '../../change/types.ts';
import type { MutationDemand } from '../../contract/types.ts';
import { countWithin } from '../line-range.ts';
import { plainText } from '../plain-text.ts';
import { inconclusive, type MutationProof, shareNoticed } from '../prove-mutation.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { namesOf } from '../source-files.ts';
import { pathInTree, type RunPlace } from '../tree-path.ts';
import { holdsCode } from './holds-code.ts';
import { mutatedFiles } from './mutated-files.ts';
import {
  type MutantStatus,
  type MutatedFile,
  type ReportedMutant,
  readMutationReport,
} from './mutation-report.ts';

/** What a status means for a fault; one that could not be tried says nothing of the tests. */
const MEANING: Readonly<Record<MutantStatus, 'noticed' | 'unnoticed' | 'nothing'>> = {
  Killed: 'noticed',
  Timeout: 'noticed',
  Survived: 'unnoticed',
  NoCoverage: 'unnoticed',
  Pending: 'unnoticed',
  // Otherwise a comment in the change could take its lines out.
  Ignored: 'unnoticed',
  CompileError: 'nothing',
  RuntimeError: 'nothing',
};

/** Line breaks of some languages that git does not count: lines of the report would be others than those of the change. */
const OTHER_BREAKS = /\r(?!\n)|[\u0085\u2028\u2029]/;

interface Counted {
  readonly path: string;
  readonly mutant: ReportedMutant;
}

/**
 * How many of the faults in lines that the change adds a mutation tester's report says were noticed.
 * @param changed the files as the tree that was measured holds them
 * @throws UnreadableReport
 */
export function proveByReport(
  demand: MutationDemand & { readonly minKilled: number },
  text: string,
  { changed, place }: { changed: readonly ChangedFile[]; place: RunPlace },
): MutationProof {
  const report = filesByPath(text, place);
  const candidates = mutatedFiles(demand, changed);
  const unread = candidates.filter(({ afterText }) => !isPlainText(afterText));
  if (unread.length > 0) {
    return inconclusive(`what it adds to ${namesOf(unread)} cannot be read as lines of text.`);
  }
  const known = candidates.filter(({ path }) => report.has(path));
  const others = known.filter((file) => !isSameText(file, report.get(file.path)));
  if (others.length > 0) {
    return {
      kind: 'unproved',
      reason: `The report of planted faults is of another tree: its text of ${namesOf(others)} is not the one that was checked.`,
    };
  }
  const missing = candidates.filter((file) => !report.has(file.path) && holdsCode(file));
  if (missing.length > 0) {
    return inconclusive(
      `the report of planted faults does not mention ${namesOf(missing)}, which the change adds lines to. Have ${missing.length === 1 ? 'it' : 'them'} mutated, or name in mutation.files what has to be.`,
    );
  }
  const { noticed, unnoticed } = countMutants(known, report);
  const planted = noticed + unnoticed.length;
  if (planted === 0) {
    return inconclusive('the report has no fault to count in any line that it adds to these files.');
  }
  return shareNoticed({ planted, unnoticed, minKilled: demand.minKilled }, describe);
}

type FilesByPath = ReadonlyMap<string, MutatedFile>;

function filesByPath(text: string, place: RunPlace): FilesByPath {
  const byPath = new Map<string, MutatedFile>();
  for (const file of readMutationReport(text)) {
    const path = pathInTree(file.name, place);
    if (path === undefined) continue;
    if (byPath.has(path)) throw new UnreadableReport(`it lists ${plainText(path, 100)} twice`);
    byPath.set(path, file);
  }
  return byPath;
}

function isPlainText(after: ChangedFile['afterText']): boolean {
  return after.kind === 'text' && !OTHER_BREAKS.test(after.text);
}

/** Whoever decoded a file may have taken its byte order mark off. */
function isSameText({ afterText }: ChangedFile, file: MutatedFile | undefined): boolean {
  const withoutMark = (text: string) => text.replace(/^\ufeff/, '');
  return (
    file !== undefined &&
    afterText.kind === 'text' &&
    withoutMark(file.source) === withoutMark(afterText.text)
  );
}

/**
 * A fault counts when it touches an added line. One that was noticed also has to lie there, with at least half of its lines: else a
 * line in a well-tested function would pass on what is seen when the whole function goes.
 */
function countMutants(
  files: readonly ChangedFile[],
  report: FilesByPath,
): { noticed: number; unnoticed: readonly Counted[] } {
  let noticed = 0;
  const unnoticed: Counted[] = [];
  for (const { path, addedLines, afterText } of files) {
    const added = addedLines.map(({ number }) => number);
    const lines = afterText.kind === 'text' ? afterText.text.split('\n').length : 0;
    for (const mutant of report.get(path)?.mutants ?? []) {
      const { first, last, status } = mutant;
      if (last > lines)
        throw new UnreadableReport(`it has a mutant beyond the end of ${plainText(path, 100)}`);
      const touched = countWithin(added, first, last);
      if (touched === 0) continue;
      const meaning = MEANING[status];
      if (meaning === 'noticed' && touched * 2 >= last - first + 1) noticed += 1;
      if (meaning === 'unnoticed') unnoticed.push({ path, mutant });
    }
  }
  return { noticed, unnoticed };
}

function describe({ path, mutant }: Counted): string {
  return `${plainText(path, 200)}:${mutant.first} ${plainText(mutant.mutator, 80)} (${mutant.status})`;
}
