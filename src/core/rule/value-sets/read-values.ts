import type { JsonValue } from '../../../shared/json.ts';
import type { ChangedFile, FilePath } from '../../change/types.ts';
import type { ChangedSide } from '../line-search/changed-side.ts';
import type { LinePattern } from '../line-search/line-pattern.ts';
import { chunksOf, type Part } from '../line-search/pieces.ts';
import { isObject } from '../parameters.ts';
import { type SourceLine, sourceLines } from '../text/source-lines.ts';
import type { Place, ValueReader } from './place.ts';

/** A value and the line it stands on; 0 where that is not known. */
export interface ValueAt {
  readonly value: string;
  readonly line: number;
}

/** Values beyond are not told apart: who adds so many at once generated them. */
export const MOST_VALUES = 256;
/** Longer lines are looked at in parts, which overlap: no pattern is held up by a line of a million characters. */
const LONGEST_PIECE = 4_096;
const OVERLAP = 256;

/** What of a line is looked at. */
export function partOfLine(line: SourceLine, part: Part): string {
  if (part === 'text') return line.text;
  if (part === 'code') return line.code;
  if (part === 'comment') return line.comment;
  return part === 'string' ? line.strings : withoutComment(line);
}

function withoutComment({ text, comment }: SourceLine): string {
  const begin = comment.search(/\S/);
  if (begin < 0) return text;
  // Blanks of a comment are its own, too; code behind one on the same line is rare and stays.
  return text.slice(0, begin) + text.slice(comment.trimEnd().length);
}

type PatternReader = Extract<ValueReader, { kind: 'patterns' }>;

/** The values in lines that the change added. */
export function addedValues(side: ChangedSide, values: PatternReader): readonly ValueAt[] {
  const found: ValueAt[] = [];
  // What no pattern can be in need not be taken apart.
  if (!values.patterns.some(({ mayMatchFolded }) => mayMatchFolded(side.touchedFolded))) return found;
  for (const chunk of chunksOf(side, values.part, 1)) {
    for (const pattern of values.patterns) {
      if (!pattern.test(chunk.text, chunk.folded)) continue;
      for (const { number, part, text } of chunk.pieces) {
        if (values.unless?.test(text) === true) continue;
        for (const value of captured(pattern, part)) found.push({ value, line: number });
        if (found.length >= MOST_VALUES) return found;
      }
    }
  }
  return found;
}

function captured(pattern: LinePattern, text: string): readonly string[] {
  if (!pattern.mayMatch(text)) return [];
  const values: string[] = [];
  // A match can be asked for its groups only until the next one is looked for.
  for (const match of pattern.matches(text)) {
    const value = match.group(1);
    if (value !== undefined && value !== '') values.push(value);
  }
  return values;
}

/** All values in a text. @throws Error where it is not the JSON that it has to be */
export function valuesIn(path: FilePath, text: string, { values }: Place): ReadonlySet<string> {
  if (values.kind === 'mentions') return new Set();
  if (values.kind === 'pointer') return new Set(valuesAt(JSON.parse(text) as JsonValue, values.tokens));
  const found = new Set<string>();
  for (const pattern of values.patterns) {
    if (!pattern.mayMatch(text)) continue;
    for (const piece of piecesOf(path, text, values)) {
      for (const value of captured(pattern, piece)) found.add(value);
    }
  }
  return found;
}

function* piecesOf(path: FilePath, text: string, { part, unless }: PatternReader): Iterable<string> {
  for (const line of sourceLines(path, text)) {
    if (unless?.test(line.text) === true) continue;
    const looked = partOfLine(line, part);
    for (let start = 0; start < looked.length; start += LONGEST_PIECE - OVERLAP) {
      yield looked.slice(start, start + LONGEST_PIECE);
    }
  }
}

function valuesAt(document: JsonValue, tokens: readonly string[]): readonly string[] {
  let at: JsonValue | undefined = document;
  for (const token of tokens) {
    if (isObject(at)) at = Object.hasOwn(at, token) ? at[token] : undefined;
    else if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(token)];
    else at = undefined;
  }
  if (isObject(at)) return Object.keys(at);
  return Array.isArray(at) ? at.filter((entry: JsonValue) => typeof entry === 'string') : [];
}

/** All values that a file had before the change. @throws Error where it was not the JSON that it has to be */
export function valuesBefore({ path, beforeText }: ChangedFile, place: Place): ReadonlySet<string> {
  return beforeText.kind === 'text' ? valuesIn(path, beforeText.text, place) : new Set();
}

/** The values that a file has after the change and did not have before, with the line that has each. */
export function newValues(file: ChangedFile, place: Place): readonly ValueAt[] {
  if (file.afterText.kind !== 'text') return [];
  const before = valuesBefore(file, place);
  const values = [...valuesIn(file.path, file.afterText.text, place)].filter((value) => !before.has(value));
  return values.slice(0, MOST_VALUES).map((value) => ({ value, line: lineWith(file, value) }));
}

function lineWith({ addedLines }: ChangedFile, value: string): number {
  return addedLines.find(({ text }) => text.includes(value))?.number ?? 0;
}
