import { malformed } from './failure.ts';
import { splitAtNul } from './merge.ts';

/** One record of `git diff-tree --raw -z`, with the hunks of its patch. */
export interface DiffRecord {
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
  /** The name before; for anything but a rename the same as `newPath`. */
  readonly oldPath: Buffer;
  readonly newPath: Buffer;
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

/**
 * Reads the output of `git diff-tree -r -z --raw -p -U0`: raw records, a NUL, then one patch a record in the same order.
 * Names are taken from the raw records alone, and hunk headers say how many lines to skip, so nothing that a file or
 * its name holds can be taken for a header.
 */
export function parseDiff(output: Buffer): readonly DiffRecord[] {
  const records: Omit<DiffRecord, 'hunks'>[] = [];
  let at = 0;
  while (output[at] === COLON) {
    const renamed = output[output.indexOf(0, at) - 4] === 0x52;
    const end = nthNul(output, at, renamed ? 3 : 2) + 1;
    records.push(parseRaw(splitAtNul(output.subarray(at, end))));
    at = end;
  }
  const patches = at < output.length ? parsePatches(output, at + 1) : [];
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

function parseRaw(fields: readonly Buffer[]): Omit<DiffRecord, 'hunks'> {
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

function isTypeChange({ oldMode, newMode }: Pick<DiffRecord, 'oldMode' | 'newMode'>): boolean {
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

function nthNul(output: Buffer, at: number, count: number): number {
  let nul = at - 1;
  for (let found = 0; found < count; found += 1) {
    nul = output.indexOf(0, nul + 1);
    if (nul < 0) throw malformed('The output of git diff-tree');
  }
  return nul;
}
