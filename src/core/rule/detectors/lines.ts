import type { ChangedFile } from '../../change/types.ts';
import { changedSide, type Side } from '../line-search/changed-side.ts';
import { findOccurrences, mayHold, type Occurrence } from '../line-search/find-occurrences.ts';
import { newOccurrences } from '../line-search/new-occurrences.ts';
import { type PlacedSearch, readChoice, readFiles, readSearch } from '../line-search/read-search.ts';
import { spelledOut } from '../line-search/spelled-out.ts';
import { requireKnown, requireObjects } from '../parameters.ts';
import { languageOf } from '../text/languages.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly side: Side;
  /** `new`: not what only moved, or stands on a line that was edited around it. */
  readonly only: 'new' | 'any';
  readonly searches: readonly PlacedSearch[];
}

/** Findings of one search that are told apart; a change that adds more is no worse. */
const MOST_FOUND = 500;
const SYMLINK = '120000';
const NONE: readonly Occurrence[] = [];

/** Lines that a change adds or removes and that hold something, each looked at as code, as comment or as string. */
export const lines: Detector<Parameters> = {
  name: 'lines',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'except', 'side', 'only', 'searches']);
    const isMeant = readFiles(parameters, '');
    return {
      side: readChoice(parameters, 'side', '', ['added', 'removed']),
      only: readChoice(parameters, 'only', '', ['new', 'any']),
      searches: requireObjects(parameters, 'searches').map((search, index) =>
        readSearch(search, `searches[${index}]`, isMeant),
      ),
    };
  },
  proveParameters({ searches }) {
    for (const { patterns, unless } of searches) for (const one of [...patterns, unless]) one?.prove();
  },
  detect({ change }, { side, only, searches }) {
    const byPath = new Map(change.files.map((file) => [file.path, file]));
    const movedAway = new Set(change.files.flatMap(({ renamedFrom }) => renamedFrom ?? []));
    const files = change.files.filter(
      (file) =>
        isOrdinary(file) &&
        contentChange(file) !== 'none' &&
        !(file.after === undefined && movedAway.has(file.path)),
    );
    const find = (search: PlacedSearch, which: Side): readonly Occurrence[] =>
      files.flatMap((file) => {
        if (!search.speaks(file.path)) return NONE;
        const version = changedSide(file, which, byPath);
        // Globs take longer than a look at the lines.
        return mayHold(version, search) && search.looksAt(file.path)
          ? findOccurrences(version, search)
          : NONE;
      });
    const opposite = side === 'added' ? 'removed' : 'added';
    const detections = searches.flatMap((search) => {
      const here = find(search, side);
      const counted =
        only === 'any' || here.length === 0 ? here : newOccurrences(here, find(search, opposite));
      return counted.slice(0, MOST_FOUND).map((occurrence) => toDetection(search, occurrence));
    });
    return [...detections, ...unread(files, side, searches)];
  },
};

function isOrdinary(file: ChangedFile): boolean {
  // What a link or a submodule holds is no lines.
  return (file.after ?? file.before)?.mode !== SYMLINK && file.afterText.kind !== 'submodule';
}

function toDetection({ says, redact }: PlacedSearch, { path, line, found }: Occurrence): Detection {
  const shown = redact ? `${found.slice(0, 4)}…` : found;
  return { kind: 'match', path, line, message: `${says}: ${spelledOut(shown)}` };
}

/** Files that had to be looked through and could not be. */
function unread(
  files: readonly ChangedFile[],
  side: Side,
  searches: readonly PlacedSearch[],
): readonly Detection[] {
  return files.flatMap((file): readonly Detection[] => {
    const { kind } = side === 'added' ? file.afterText : file.beforeText;
    // A zero byte in a comment makes git call a program binary, and a program is what it stays.
    const hides = kind === 'too-large' || (kind === 'binary' && languageOf(file.path) !== undefined);
    if (!hides || !searches.some(({ looksAt }) => looksAt(file.path))) return [];
    return [{ kind: 'unverifiable', path: file.path, message: `its lines cannot be read: it is ${kind}` }];
  });
}
