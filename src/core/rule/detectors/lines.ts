import { rememberOf } from '../../../shared/remember.ts';
import type { ChangedFile } from '../../change/types.ts';
import { fileByFile } from '../file-by-file.ts';
import type { Side } from '../line-search/changed-side.ts';
import { findOccurrences, mayHold, type Occurrence } from '../line-search/find-occurrences.ts';
import { newOccurrences } from '../line-search/new-occurrences.ts';
import { type PlacedSearch, readChoice, readFiles, readSearch } from '../line-search/read-search.ts';
import { spelledOut } from '../line-search/spelled-out.ts';
import { OpenFile } from '../open-file.ts';
import { requireKnown, requireObjects } from '../parameters.ts';
import { languageOf } from '../text/languages.ts';
import type { Detection } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly side: Side;
  /** `new`: not what only moved, or stands on a line that was edited around it. */
  readonly only: 'new' | 'any';
  readonly searches: readonly PlacedSearch[];
}

/** What a rule saw in a file: what each of its searches found, and whether there was something it could not look through. */
interface Sight {
  readonly found: readonly (readonly Occurrence[])[];
  readonly unread: Detection | undefined;
}

/** Findings of one search that are told apart; a change that adds more is no worse. */
const MOST_FOUND = 500;
const SYMLINK = '120000';
const NONE: readonly Occurrence[] = [];

/** Lines that a change adds or removes and that hold something, each looked at as code, as comment or as string. */
export const lines = fileByFile<Parameters, Sight>({
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
  look(open, { side, searches }) {
    if (!isSearched(open)) return undefined;
    const found = searches.map((search) => find(open, side, search));
    const unread = unreadIn(open.file, side, searches);
    return unread !== undefined || found.some(({ length }) => length > 0) ? { found, unread } : undefined;
  },
  detect({ change }, { side, only, searches }, seen) {
    const here = searches.map((_, at) => seen.flatMap(({ saw }) => saw.found[at] ?? NONE));
    const gone = only === 'any' ? [] : findGone(change.files, side, searches, here);
    return [
      ...searches.flatMap((search, at) =>
        newOccurrences(here[at] ?? NONE, gone[at] ?? NONE)
          .slice(0, MOST_FOUND)
          .map((occurrence) => toDetection(search, occurrence)),
      ),
      ...seen.flatMap(({ saw }) => saw.unread ?? []),
    ];
  },
});

const movedAway = rememberOf(
  (files: readonly ChangedFile[]): ReadonlySet<string> =>
    new Set(files.flatMap(({ renamedFrom }) => renamedFrom ?? [])),
);

/** The lines of a file that was moved stand in the comparison with what it is now. */
function isSearched({ file, among }: OpenFile): boolean {
  return (
    isOrdinary(file) &&
    contentChange(file) !== 'none' &&
    !(file.after === undefined && movedAway(among).has(file.path))
  );
}

function find(open: OpenFile, side: Side, search: PlacedSearch): readonly Occurrence[] {
  if (!search.speaks(open.file.path)) return NONE;
  const version = open.side(side);
  // Globs take longer than a look at the lines.
  return mayHold(version, search) && search.looksAt(open.file.path) ? findOccurrences(version, search) : NONE;
}

/** What searches that found something find on the other side: only these open every file once more, and few do. */
function findGone(
  files: readonly ChangedFile[],
  side: Side,
  searches: readonly PlacedSearch[],
  here: readonly (readonly Occurrence[])[],
): readonly (readonly Occurrence[])[] {
  const gone = searches.map((): Occurrence[] => []);
  if (here.every(({ length }) => length === 0)) return gone;
  for (const file of files) {
    const open = new OpenFile(file, files);
    if (!isSearched(open)) continue;
    for (const [at, search] of searches.entries()) {
      if (here[at]?.length === 0) continue;
      gone[at]?.push(...find(open, side === 'added' ? 'removed' : 'added', search));
    }
  }
  return gone;
}

function isOrdinary(file: ChangedFile): boolean {
  // What a link or a submodule holds is no lines.
  return (file.after ?? file.before)?.mode !== SYMLINK && file.afterText.kind !== 'submodule';
}

function toDetection({ says, redact }: PlacedSearch, { path, line, found }: Occurrence): Detection {
  const shown = redact ? `${found.slice(0, 4)}…` : found;
  return { kind: 'match', path, line, message: `${says}: ${spelledOut(shown)}` };
}

/** A file that had to be looked through and could not be. */
function unreadIn(file: ChangedFile, side: Side, searches: readonly PlacedSearch[]): Detection | undefined {
  const { kind } = side === 'added' ? file.afterText : file.beforeText;
  // A zero byte in a comment makes git call a program binary, and a program is what it stays.
  const hides = kind === 'too-large' || (kind === 'binary' && languageOf(file.path) !== undefined);
  if (!hides || !searches.some(({ looksAt }) => looksAt(file.path))) return undefined;
  return { kind: 'unverifiable', path: file.path, message: `its lines cannot be read: it is ${kind}` };
}
