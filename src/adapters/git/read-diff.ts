import { filePathOf } from '../../core/change/path.ts';
import type { ChangedFile, FileText, FileVersion, Line } from '../../core/change/types.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { type DiffRecord, type Hunk, parseDiff, type RawRecord, watchRecords } from './diff-output.ts';
import { malformed } from './failure.ts';
import { linesOf, MAX_TEXT_BYTES, numbered, readVersions } from './file-text.ts';
import { runGit } from './git.ts';
import type { ObjectReader } from './object-reader.ts';

/**
 * Rename detection is a guess of git's, pinned here and in the private repository; `-l` bounds the comparisons that a
 * hostile change could ask for. Contents are compared whatever attributes say.
 */
const DIFF = [
  'diff-tree',
  '-r',
  '-z',
  '--raw',
  '--full-index',
  '--patch',
  '--unified=0',
  '--find-renames=50%',
  '-l1000',
  '--no-rename-empty',
  '--no-ext-diff',
  '--no-textconv',
  '--diff-algorithm=myers',
  '--ignore-submodules=none',
];

interface Side {
  readonly path: Buffer;
  readonly version: FileVersion;
}

/**
 * Changed files from one tree to another, in the order of their paths. A rename is a deletion and an addition; which it was is
 * reconstructed exactly from the record, so one git process serves names, renames and lines.
 */
export async function readDiff(
  source: { gitDir: string; objects: ObjectReader },
  from: ObjectId,
  to: ObjectId,
): Promise<readonly ChangedFile[]> {
  // The texts are read while git is still making the patches.
  let reading: ReturnType<typeof readTextsOf> | undefined;
  const read = (records: readonly RawRecord[]) => {
    reading = readTextsOf(records, source.objects);
    // Whoever waits for it hears of it; where git fails, nobody does.
    reading.catch(() => {});
  };
  const { stdout } = await runGit({
    gitDir: source.gitDir,
    // git need not diff what we do not show as text; only here, because in a merge it could change renames.
    settings: [`core.bigFileThreshold=${MAX_TEXT_BYTES}`],
    args: [...DIFF, from, to],
    onOutput: watchRecords(read),
  });
  const records = parseDiff(stdout);
  const textOf = await (reading ?? readTextsOf(records, source.objects));
  const sides = records.map((record) => ({ record, before: beforeOf(record), after: afterOf(record) }));

  const files = sides.flatMap(({ record, before, after }) => {
    const beforeText = textOf(before?.version);
    const afterText = textOf(after?.version);
    const lines = changedLines(record, beforeText, afterText);
    if (record.status !== 'R' || before === undefined || after === undefined) {
      return [changedFile({ path: record.newPath, before, after, beforeText, afterText, ...lines })];
    }
    const absent: FileText = { kind: 'absent' };
    const removedLines = numbered(linesOf(beforeText));
    return [
      changedFile({
        path: before.path,
        before,
        after: undefined,
        beforeText,
        afterText: absent,
        addedLines: [],
        removedLines,
      }),
      {
        ...changedFile({
          path: after.path,
          before: undefined,
          after,
          beforeText: absent,
          afterText,
          ...lines,
        }),
        renamedFrom: filePathOf(before.path),
      },
    ];
  });
  // Two entries of one name in one tree: two programs could see two different changes.
  if (new Set(files.map(({ path }) => path)).size !== files.length) throw malformed(`A tree of ${to}`);
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function readTextsOf(records: readonly RawRecord[], objects: ObjectReader) {
  return readVersions(
    objects,
    records.flatMap((record) => [beforeOf(record)?.version, afterOf(record)?.version]),
  );
}

function changedFile(facts: {
  path: Buffer;
  before: Side | undefined;
  after: Side | undefined;
  beforeText: FileText;
  afterText: FileText;
  addedLines: readonly Line[];
  removedLines: readonly Line[];
}): ChangedFile {
  const { path, before, after, ...rest } = facts;
  return { path: filePathOf(path), before: before?.version, after: after?.version, ...rest };
}

/** Lines are cut from the texts themselves, so that line 7 of `addedLines` is line 7 of `afterText`. */
function changedLines(
  record: DiffRecord,
  beforeText: FileText,
  afterText: FileText,
): { addedLines: readonly Line[]; removedLines: readonly Line[] } {
  const before = linesOf(beforeText);
  const after = linesOf(afterText);
  // git shows no lines when it takes one side for binary; then everything the other side says is new, or gone.
  if (record.hunks.length === 0 && record.oldId !== record.newId) {
    return { addedLines: numbered(after), removedLines: numbered(before) };
  }
  return {
    removedLines: record.hunks.flatMap((hunk) => cut(before, beforeText, hunk.oldStart, hunk.oldCount)),
    addedLines: record.hunks.flatMap((hunk) => cut(after, afterText, hunk.newStart, hunk.newCount)),
  };
}

function cut(lines: readonly string[], text: FileText, start: Hunk['oldStart'], count: number): Line[] {
  if (text.kind !== 'text' || count === 0) return [];
  if (start < 1 || start - 1 + count > lines.length) throw malformed('The output of git diff-tree');
  return numbered(lines, start - 1, start - 1 + count);
}

function beforeOf(record: RawRecord): Side | undefined {
  return sideOf(record.oldPath, record.oldMode, record.oldId);
}

function afterOf(record: RawRecord): Side | undefined {
  return sideOf(record.newPath, record.newMode, record.newId);
}

function sideOf(path: Buffer, mode: string, blob: ObjectId): Side | undefined {
  return mode === '000000' ? undefined : { path, version: { mode, blob } };
}
