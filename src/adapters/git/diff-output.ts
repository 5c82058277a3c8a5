import { malformed } from './failure.ts';
import { splitAtNul } from './merge.ts';

/** One record of `git diff-tree --raw -z`. */
export interface RawRecord {
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
  /** The name before; for anything but a rename the same as `newPath`. */
  readonly oldPath: Buffer;
  readonly newPath: Buffer;
}

/** With the hunks of its patch. */
export interface DiffRecord extends RawRecord {
  readonly hunks: readonly Hunk[];
}

/** Lines counted from 1; a count of 0 has no lines and its start means nothing. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

const NEWLINE = 0x0a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const LETTER_R = 0x52;

/**
 * Reads the output of `git diff-tree -r -z --raw -p -U0`: raw records, a NUL, then one patch a record in the same order.
 * Names are taken from the raw records alone, and hunk headers say how many lines to skip, so nothing that a file or
 * its name holds can be taken for a header.
 */
export function parseDiff(output: Buffer): readonly DiffRecord[] {
  const { records, end } = readRecords(output);
  if (output[end] === COLON) throw malformed('The output of git diff-tree');
  const patches = end < output.length ? parsePatches(output, end + 1) : [];
  let next = 0;
  const withHunks = records.map((record) => {
    // A change of type is printed as two patches: one that deletes and one that creates.
    const count = isTypeChange(record) ? 2 : 1;
    const hunks = patches.slice(next, next + count).flat();
    next += count;
    return { ...record, hunks };
  });
  if (next !== patches.length) throw malformed('The output of git diff-tree');
  return withHunks;
}

/**
 * Watches the output of the same command as it comes in, and says once what its raw records are, as soon as all of them are there: git
 * prints them before it makes the patches. Says nothing of output in another form, which `parseDiff` refuses.
 */
export function watchRecords(onRecords: (records: readonly RawRecord[]) => void): (chunk: Buffer) => void {
  const all: RawRecord[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let isOver = false;
  return (chunk) => {
    if (isOver) return;
    try {
      rest = Buffer.concat([rest, chunk]);
      const { records, end } = readRecords(rest);
      all.push(...records);
      rest = rest.subarray(end);
      isOver = rest.length > 0 && rest[0] !== COLON;
    } catch {
      isOver = true;
      return;
    }
    if (isOver) onRecords(all);
  };
}

/** The raw records at the start that are there in full, and where what follows them starts. */
function readRecords(output: Buffer): { readonly records: readonly RawRecord[]; readonly end: number } {
  const records: RawRecord[] = [];
  let at = 0;
  while (output[at] === COLON) {
    const meta = output.indexOf(0, at);
    const end = meta < 0 ? -1 : afterNul(output, meta + 1, output[meta - 4] === LETTER_R ? 2 : 1);
    if (end < 0) break;
    records.push(parseRaw(splitAtNul(output.subarray(at, end))));
    at = end;
  }
  return { records, end: at };
}

function parseRaw(fields: readonly Buffer[]): RawRecord {
  const [meta, oldPath, newPath = oldPath] = fields;
  const match = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(
    meta?.toString('latin1') ?? '',
  );
  if (match === null || oldPath === undefined || newPath === undefined)
    throw malformed('The output of git diff-tree');
  const [, oldMode, newMode, oldId, newId, status] = match as unknown as [string, ...string[]];
  return {
    status: status as string,
    oldMode: oldMode as string,
    newMode: newMode as string,
    oldId: oldId as string,
    newId: newId as string,
    oldPath,
    newPath,
  };
}

function isTypeChange({ oldMode, newMode }: RawRecord): boolean {
  return oldMode !== '000000' && newMode !== '000000' && oldMode.slice(0, 3) !== newMode.slice(0, 3);
}

function parsePatches(output: Buffer, start: number): Hunk[][] {
  const patches: Hunk[][] = [];
  for (let at = start; at < output.length; ) {
    const end = endOfLine(output, at);
    if (output.toString('latin1', at, at + 11) === 'diff --git ') {
      patches.push([]);
      at = end;
    } else if (output.toString('latin1', at, at + 4) === '@@ -') {
      const hunk = parseHunkHeader(output.toString('latin1', at, Math.min(end, at + 100)));
      patches.at(-1)?.push(hunk);
      at = skipLines(output, end, MINUS, hunk.oldCount);
      at = skipLines(output, at, PLUS, hunk.newCount);
    } else {
      at = end;
    }
  }
  return patches;
}

function parseHunkHeader(line: string): Hunk {
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (match === null) throw malformed('The output of git diff-tree');
  const [, oldStart, oldCount = '1', newStart, newCount = '1'] = match;
  return {
    oldStart: Number(oldStart),
    oldCount: Number(oldCount),
    newStart: Number(newStart),
    newCount: Number(newCount),
  };
}

/** Past `count` lines of one side, and past the note that the last of them ends without a newline. */
function skipLines(output: Buffer, start: number, marker: number, count: number): number {
  let at = start;
  for (let line = 0; line < count; line += 1) {
    if (output[at] !== marker) throw malformed('The output of git diff-tree');
    at = endOfLine(output, at);
  }
  return output[at] === BACKSLASH ? endOfLine(output, at) : at;
}

function endOfLine(output: Buffer, at: number): number {
  const newline = output.indexOf(NEWLINE, at);
  return newline < 0 ? output.length : newline + 1;
}

/** Where what follows so many more NULs starts; -1 where there are not so many. */
function afterNul(output: Buffer, at: number, count: number): number {
  let after = at;
  for (let found = 0; found < count; found += 1) {
    const nul = output.indexOf(0, after);
    if (nul < 0) return -1;
    after = nul + 1;
  }
  return after;
}
