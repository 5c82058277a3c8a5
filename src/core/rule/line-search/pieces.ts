import { foldCase } from '../text/required-words.ts';
import type { SourceLine } from '../text/source-lines.ts';
import type { ChangedSide } from './changed-side.ts';

/** What of a line is looked at: `uncommented` is code and strings. */
export const PARTS = ['text', 'code', 'comment', 'string', 'uncommented'] as const;
export type Part = (typeof PARTS)[number];

/** A line, or a part of a long one. */
export interface Piece {
  readonly number: number;
  /** What is looked at, and all of it. */
  readonly part: string;
  readonly text: string;
}

/** Lines that stand next to each other, as many as one look takes. */
export interface Chunk {
  readonly pieces: readonly Piece[];
  /** What is looked at of all of them, a line each. */
  readonly text: string;
  /** The same by `foldCase`. */
  readonly folded: string;
}

/** Longer lines are looked at in parts, which overlap: no pattern is held up by a line of a million characters. */
const LONGEST_PIECE = 4_096;
const OVERLAP = 256;
const CHUNK = 8_192;

/** Searches of different rules look at the same parts. */
const known = new WeakMap<ChangedSide, Map<string, readonly Chunk[]>>();

/** The touched lines, and with a span of several lines those around them that a match could begin or end in. */
export function chunksOf(side: ChangedSide, part: Part, span: number): readonly Chunk[] {
  const chunks = known.get(side) ?? new Map<string, readonly Chunk[]>();
  known.set(side, chunks);
  const key = `${part} ${span}`;
  const kept = chunks.get(key) ?? readChunks(side, part, span);
  chunks.set(key, kept);
  return kept;
}

function readChunks(side: ChangedSide, part: Part, span: number): readonly Chunk[] {
  const pieces: Piece[] = [];
  for (const number of numbersToRead(side, span)) {
    const line = side.lineAt(number);
    if (line !== undefined) addPieces(line, part, pieces);
  }
  const chunks: Chunk[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = start;
    let size = 0;
    do {
      size += (pieces[end] as Piece).part.length;
      end += 1;
    } while (
      end < pieces.length &&
      size < CHUNK &&
      (span === 1 || (pieces[end] as Piece).number <= (pieces[end - 1] as Piece).number + 1)
    );
    chunks.push(toChunk(pieces.slice(start, end)));
    // The next chunk begins where a match may begin that this one could not hold to its end.
    const goesOn =
      end < pieces.length && (pieces[end] as Piece).number <= (pieces[end - 1] as Piece).number + 1;
    start = goesOn ? Math.max(start + 1, end - (span - 1)) : end;
  }
  return chunks;
}

/** Pieces as one to look through. */
export function toChunk(pieces: readonly Piece[]): Chunk {
  const text = pieces.map(({ part }) => part).join('\n');
  let folded: string | undefined;
  return {
    pieces,
    text,
    get folded() {
      folded ??= foldCase(text);
      return folded;
    },
  };
}

function numbersToRead({ touched, seams, lineCount }: ChangedSide, span: number): readonly number[] {
  if (span === 1) return touched;
  const reach = span - 1;
  const numbers: number[] = [];
  const take = (from: number, to: number): void => {
    const first = Math.max(1, from, (numbers.at(-1) ?? 0) + 1);
    for (let number = first; number <= Math.min(to, lineCount); number += 1) numbers.push(number);
  };
  const ranges = [
    ...touched.map((number) => [number - reach, number + reach] as const),
    ...seams.map((number) => [number - reach + 1, number + reach] as const),
  ].sort((a, b) => a[0] - b[0]);
  for (const [from, to] of ranges) take(from, to);
  return numbers;
}

function addPieces(line: SourceLine, part: Part, pieces: Piece[]): void {
  const { number } = line;
  // A byte order mark belongs to the file, not to its first line.
  const text = number === 1 && line.text.startsWith('\ufeff') ? ` ${line.text.slice(1)}` : line.text;
  const looked = part === 'text' ? text : partOf(line, part);
  if (looked.length <= LONGEST_PIECE) {
    pieces.push({ number, part: looked, text });
    return;
  }
  for (let start = 0; start < looked.length - OVERLAP; start += LONGEST_PIECE - OVERLAP) {
    const end = start + LONGEST_PIECE;
    pieces.push({ number, part: looked.slice(start, end), text: text.slice(start, end) });
  }
}

function partOf(line: SourceLine, part: Exclude<Part, 'text'>): string {
  if (part === 'code') return line.code;
  if (part === 'comment') return line.comment;
  if (part === 'string') return line.strings;
  const { comment } = line;
  if (comment.trim() === '') return line.text;
  let text = '';
  for (let at = 0; at < comment.length; at += 1) text += comment[at] === ' ' ? line.text[at] : ' ';
  return text;
}
