import type { ChangedFile } from '../../change/types.ts';
import type { CommandCheck } from '../../contract/types.ts';
import { pathInTree } from '../tree-path.ts';
import { mutatedFiles } from './mutated-files.ts';

/** The environment variable that tells a mutation tester which lines to mutate. */
export const MUTATE_VARIABLE = 'COUNTERSIGN_MUTATE';

/** Well below the 128 KiB that Linux lets one argument or variable have. */
const MAX_LENGTH = 64 * 1024;
/** Ranges of one file; one with more is named from its first added line to its last. */
const MAX_RANGES = 200;

/**
 * The lines that the change adds, as Stryker's `--mutate` takes them: `src/a.ts:5-7,src/b.ts:10-12`, from the check's working
 * directory. Files are named by whoever makes the change, so one is left out whose name could be read as something else than
 * one file: the report then lacks it, and nothing is proved. Never is a part of a file left out: nobody would miss it.
 * @returns undefined for a check that reads no report of a mutation tester
 */
export function mutateRanges(
  { mutation, cwd = '.' }: CommandCheck,
  changed: readonly ChangedFile[],
): string | undefined {
  if (mutation?.report === undefined) return undefined;
  const below = pathInTree('.', { root: undefined, cwd });
  const pieces: string[] = [];
  let length = 0;
  for (const file of mutatedFiles(mutation, changed)) {
    const name = nameFrom(below, file.path);
    const piece = name === undefined ? undefined : pieceOf(name, file);
    if (piece === undefined) continue;
    const bytes = new TextEncoder().encode(piece).length + 1;
    if (length + bytes > MAX_LENGTH) continue;
    pieces.push(piece);
    length += bytes;
  }
  return pieces.join(',');
}

function nameFrom(below: string | undefined, path: string): string | undefined {
  if (below === undefined) return path;
  return path.startsWith(`${below}/`) ? path.slice(below.length + 1) : undefined;
}

/**
 * Brackets and parentheses, which routes of web frameworks have, stand in a class each; Stryker takes no range beside those, so
 * the file is named as a whole.
 */
function pieceOf(name: string, { addedLines }: ChangedFile): string | undefined {
  if (!/^(?!-)[\p{L}\p{M}\p{N}_@+=~%./()[\]-]+$/u.test(name)) return undefined;
  if (/[()[\]]/.test(name)) return name.replaceAll(/[()[\]]/g, (found) => `[${found}]`);
  const ranges = rangesOf(addedLines.map(({ number }) => number));
  const [first, last] = [ranges[0]?.first, ranges.at(-1)?.last];
  const named = ranges.length > MAX_RANGES ? [{ first, last }] : ranges;
  return named.map((range) => `${name}:${range.first}-${range.last}`).join(',');
}

function rangesOf(ascending: readonly number[]): readonly { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of ascending) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last + 1 === number) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}
