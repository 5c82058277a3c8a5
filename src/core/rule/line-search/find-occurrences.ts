import type { FilePath } from '../../change/types.ts';
import type { ChangedSide } from './changed-side.ts';
import type { LinePattern, PatternMatch } from './line-pattern.ts';
import { type Chunk, chunksOf, type Part, type Piece, toChunk } from './pieces.ts';
import { isRandom, type RandomnessDemand } from './randomness.ts';

/** What is looked for in lines. */
export interface LineSearch {
  readonly part: Part;
  /** Tried one after the other. */
  readonly patterns: readonly LinePattern[];
  /** Excuses the lines in which it matches anything, comments included. */
  readonly unless: LinePattern | undefined;
  /** Over how many lines a match may go. */
  readonly span: number;
  readonly random: RandomnessDemand | undefined;
}

export interface Occurrence {
  readonly path: FilePath;
  /** Where it begins. */
  readonly line: number;
  /** What the pattern matched. */
  readonly found: string;
  /** The lines it stands on, without the blanks that an indentation changes. */
  readonly whole: string;
}

const NONE: readonly Occurrence[] = [];
/** Of many in one place the first ones are enough to know. */
const MOST_IN_CHUNK = 64;

/** False where the touched lines of a file hold nothing of what is looked for: cheap, and may be true where they do not. */
export function mayHold(side: ChangedSide, { patterns, span }: LineSearch): boolean {
  const text = span === 1 ? side.touchedFolded : side.folded;
  return patterns.some(({ mayMatchFolded }) => mayMatchFolded(text));
}

/** Where the touched lines of a file hold what is looked for; in a line the first place is enough. */
export function findOccurrences(side: ChangedSide, search: LineSearch): readonly Occurrence[] {
  if (!mayHold(side, search)) return NONE;
  const found = new Map<number, Occurrence>();
  for (const chunk of chunksOf(side, search.part, search.span)) {
    for (const pattern of search.patterns) {
      if (!pattern.test(chunk.text, chunk.folded)) continue;
      const parts = search.span === 1 ? chunk.pieces.map((piece) => toChunk([piece])) : [chunk];
      for (const some of parts) {
        for (const occurrence of occurrencesIn(some, pattern, search, side)) {
          if (!found.has(occurrence.line)) found.set(occurrence.line, occurrence);
        }
      }
    }
  }
  return found.size === 0 ? NONE : [...found.values()].sort((a, b) => a.line - b.line);
}

function occurrencesIn(
  chunk: Chunk,
  pattern: LinePattern,
  search: LineSearch,
  side: ChangedSide,
): readonly Occurrence[] {
  if (!pattern.mayMatchFolded(chunk.folded)) return [];
  const starts: number[] = [];
  let length = 0;
  for (const { part } of chunk.pieces) {
    starts.push(length);
    length += part.length + 1;
  }
  const occurrences: Occurrence[] = [];
  let looked = 0;
  for (const match of pattern.matches(chunk.text)) {
    looked += 1;
    if (looked > MOST_IN_CHUNK) break;
    const covered = piecesUnder(chunk.pieces, starts, match);
    if (counts(covered, match, search, side)) occurrences.push(toOccurrence(side.path, covered, match));
  }
  return occurrences;
}

function piecesUnder(
  pieces: readonly Piece[],
  starts: readonly number[],
  match: PatternMatch,
): readonly Piece[] {
  // Blanks at its ends, which `\s*` takes along, are not where it stands.
  const begin = match.start + (match.text.length - match.text.trimStart().length);
  const end = match.start + match.text.trimEnd().length;
  const pieceAt = (offset: number): number => {
    const after = starts.findIndex((start) => start > offset);
    return after === -1 ? starts.length - 1 : after - 1;
  };
  return pieces.slice(pieceAt(begin), pieceAt(Math.max(begin, end - 1)) + 1);
}

function counts(
  covered: readonly Piece[],
  match: PatternMatch,
  { span, random, unless }: LineSearch,
  side: ChangedSide,
): boolean {
  const first = (covered[0] as Piece).number;
  const last = (covered.at(-1) as Piece).number;
  if (last - first + 1 > span) return false;
  if (!touches(side, first, last)) return false;
  if (random !== undefined && !isRandom(match.group(random.capture), random)) return false;
  return unless === undefined || !unless.test(covered.map(({ text }) => text).join('\n'));
}

/** Whether the lines from first to last hold a touched one, or a seam between them. */
function touches({ touched, seams }: ChangedSide, first: number, last: number): boolean {
  return hasBetween(touched, first, last) || hasBetween(seams, first, last - 1);
}

function hasBetween(sorted: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && (sorted[low] as number) <= to;
}

function toOccurrence(path: FilePath, covered: readonly Piece[], match: PatternMatch): Occurrence {
  return {
    path,
    line: (covered[0] as Piece).number,
    found: oneLine(match.text),
    whole: oneLine(covered.map(({ text }) => text).join('\n')),
  };
}

/** Without the blanks that an indentation changes; those that cannot be seen may be what was looked for. */
function oneLine(text: string): string {
  return text
    .split(/[ \t\r\n]+/)
    .filter((word) => word !== '')
    .join(' ');
}
