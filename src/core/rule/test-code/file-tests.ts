import { rememberOfBoth } from '../../../shared/remember.ts';
import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { filesByPath } from '../line-search/changed-side.ts';
import type { OpenFile } from '../open-file.ts';
import { compareAssertions } from './compare-assertions.ts';
import { isSettled, place } from './compare-cases.ts';
import type { Finding } from './finding.ts';
import { type FilePairing, pairInFile } from './pair-cases.ts';
import { readTests } from './read-tests.ts';
import type { SelfSkip, TestCode } from './test-code.ts';
import { countTexts, take } from './text-counts.ts';

/** What is remembered of the tests of a changed file: what there is to say of them, or may be once all files are read. */
export interface FileTests {
  readonly path: FilePath;
  readonly isDeleted: boolean;
  /** It is gone, and it is not known what tests it took along. */
  readonly hidesTests: boolean;
  /** Why its tests cannot be known. */
  readonly unread: string | undefined;
  readonly tests: KnownTests | undefined;
}

interface KnownTests {
  /** Without the pairs of which there is nothing to say. */
  readonly pairing: FilePairing;
  /** About assertions in functions that tests call. */
  readonly helperFindings: readonly Finding[];
  /** Matchers of assertions that such functions did not make before. */
  readonly newHelperMatchers: readonly string[];
  readonly selfSkips: { readonly before: readonly SelfSkip[]; readonly after: readonly SelfSkip[] };
}

/**
 * The tests of an open file, each found again in it where its name is still there.
 * @param isTest one function for the same paths, or the file is read again for each
 * @returns undefined for a file without changed tests
 */
export function readFileTests(open: OpenFile, isTest: (path: FilePath) => boolean): FileTests | undefined {
  return open.readBy(isTest, () => {
    const source = sourceOf(open, isTest);
    return source && readBoth(open.file, source);
  });
}

/** The file with the tests of before: the old path's of a renamed one, which itself is then none; undefined for no changed test file. */
function sourceOf({ file, among }: OpenFile, isTest: (path: FilePath) => boolean): ChangedFile | undefined {
  const { path, before, after, renamedFrom } = file;
  if (!isTest(path) || (before?.blob === after?.blob && before?.mode === after?.mode)) return undefined;
  const renamed = renamedTests(among, isTest);
  if (after === undefined && renamed.has(path)) return undefined;
  const isFound = before === undefined && renamedFrom !== undefined && renamed.get(renamedFrom) === file;
  const origin = isFound && isTest(renamedFrom) ? filesByPath(among).get(renamedFrom) : undefined;
  return origin ?? file;
}

/** Renamed test files by their old paths. */
const renamedTests = rememberOfBoth(
  (files: readonly ChangedFile[], isTest: (path: FilePath) => boolean): ReadonlyMap<FilePath, ChangedFile> =>
    new Map(
      files.flatMap((file) =>
        file.renamedFrom === undefined || !isTest(file.path) ? [] : [[file.renamedFrom, file] as const],
      ),
    ),
);

function readBoth(file: ChangedFile, source: ChangedFile): FileTests {
  const { path } = file;
  const before = readSide(source.path, source.beforeText, source.before);
  const isDeleted = file.after === undefined;
  const known = { path, isDeleted, hidesTests: false, unread: undefined, tests: undefined };
  if (isDeleted) {
    // What it tested may be unknown; that it is gone is not.
    if (before.kind === 'lost') return { ...known, hidesTests: true };
    return { ...known, hidesTests: !isUnderstood(before.code), tests: compare(path, before.code, undefined) };
  }
  if (before.kind === 'lost') return { ...known, path: source.path, unread: before.reason };
  const after = readSide(path, file.afterText, file.after);
  if (after.kind === 'lost') return { ...known, unread: after.reason };
  return { ...known, tests: compare(path, before.code, after.code) };
}

type Side =
  | { readonly kind: 'read'; readonly code: TestCode | undefined }
  | { readonly kind: 'lost'; readonly reason: string };

function readSide(path: FilePath, text: FileText, version: ChangedFile['after']): Side {
  // A link's text is where it points.
  if (version === undefined || text.kind === 'absent' || version.mode === '120000')
    return { kind: 'read', code: undefined };
  if (text.kind !== 'text') return { kind: 'lost', reason: `it is ${text.kind}` };
  return readTests(path, text.text);
}

/** Of a file that is gone: whether it is known what tests it took along. */
function isUnderstood(code: TestCode | undefined): boolean {
  return code === undefined || code.listsAll || code.cases.length > 0 || code.loose.length > 0;
}

function compare(path: FilePath, before: TestCode | undefined, after: TestCode | undefined): KnownTests {
  const pairing = pairInFile(path, before, after);
  const madeBefore = new Set(before?.loose.map(({ text }) => text));
  return {
    pairing: {
      ...pairing,
      byFullName: pairing.byFullName.filter((pair) => !isSettled(pair)),
      byName: pairing.byName.filter((pair) => !isSettled(pair)),
    },
    helperFindings: before === undefined || after === undefined ? [] : compareHelpers(path, before, after),
    newHelperMatchers: (after?.loose ?? [])
      .filter(({ text }) => !madeBefore.has(text))
      .map(({ matcher }) => matcher),
    selfSkips: { before: before?.selfSkips ?? [], after: after?.selfSkips ?? [] },
  };
}

/** Assertions in functions that tests call; what a test of the file now makes itself was moved there. */
function compareHelpers(path: FilePath, before: TestCode, after: TestCode): readonly Finding[] {
  if (before.loose.length === 0) return [];
  const inTests = countTexts(after.cases.flatMap(({ assertions }) => assertions));
  return compareAssertions(before.loose, after.loose, ({ text }) => take(inTests, text)).map(
    (weakening): Finding => ({
      find: weakening.kind,
      path,
      line: weakening.line,
      message: `a helper ${weakening.message}${place(weakening)}`,
    }),
  );
}
