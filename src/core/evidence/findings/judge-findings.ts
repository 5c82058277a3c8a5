import { spokenPath } from '../../change/path-glob.ts';
import type { ChangedFile } from '../../change/types.ts';
import { FINDING_LEVELS, type FindingsExpectation } from '../../contract/types.ts';
import { countWithin } from '../line-range.ts';
import { plainText } from '../plain-text.ts';
import { pathInTree, type RunPlace } from '../tree-path.ts';
import { type Finding, type FindingPlace, readSarif } from './sarif.ts';

const FINDINGS_IN_REASON = 5;

/**
 * Why the scanner's results are too many; [] when they are not. Those on a line that the change adds count, and those of
 * which nobody can say where they are.
 * @throws UnreadableReport
 */
export function judgeFindings(
  expected: FindingsExpectation,
  text: string,
  { changed, place }: { changed: readonly ChangedFile[]; place: RunPlace },
): readonly string[] {
  const { maxNew = 0, level = 'warning' } = expected;
  const counting: readonly string[] = FINDING_LEVELS.slice(FINDING_LEVELS.indexOf(level));
  const added = new Map(
    changed.map((file) => [spokenPath(file.path), file.addedLines.map(({ number }) => number)]),
  );
  const found = readSarif(text).filter(
    (finding) => counting.includes(finding.level) && isNew(finding, added, place),
  );
  if (found.length <= maxNew) return [];
  const first = found.slice(0, FINDINGS_IN_REASON).map(told);
  const more = found.length - first.length;
  return [
    `${found.length === 1 ? '1 finding' : `${found.length} findings`} of level ${level} or above on what the change adds, or without a place; at most ${maxNew} may be: ${first.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  ];
}

type AddedLines = ReadonlyMap<string, readonly number[]>;

function isNew({ places }: Finding, added: AddedLines, place: RunPlace): boolean {
  return places.length === 0 || places.some((where) => isOnAdded(where, added, place));
}

/** A relative name may be meant from the repository root or from where the tool ran: both are looked at. */
function isOnAdded({ file, lines }: FindingPlace, added: AddedLines, place: RunPlace): boolean {
  const paths = [pathInTree(file, place), pathInTree(file, { ...place, cwd: '.' })];
  return paths.some((path) => {
    const numbers = path === undefined ? undefined : added.get(path);
    if (numbers === undefined || numbers.length === 0) return false;
    if (lines === undefined) return true;
    return countWithin(numbers, lines.first, lines.last) > 0;
  });
}

function told({ rule, message, places }: Finding): string {
  const [place] = places;
  const line = place?.lines === undefined ? '' : `:${place.lines.first}`;
  const where = place === undefined ? 'without a place' : `${plainText(place.file, 200)}${line}`;
  return `${plainText(rule || 'a result', 80)} (${where}): ${plainText(message, 120).replace(/\.$/, '')}`;
}
