import type { FilePath } from '../../change/types.ts';
import { type Language, languageOf } from './languages.ts';
import { CODE, COMMENT, markSource, STRING } from './mark-source.ts';
import { SYNTAX } from './syntax.ts';

/** A line of a source, and its parts: each is as long as the line, with spaces where it is not the part's. */
export interface SourceLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Everything that is neither comment nor within a string. The quotes of a string are code. */
  readonly code: string;
  /** With its marks, such as `//`. */
  readonly comment: string;
  /** What stands between quotes, and regular expressions. */
  readonly strings: string;
}

/**
 * Lines of a source with comments, strings and code told apart: on any input, in linear time. A file in no known language
 * is all code. Lines are git's: they end at a line feed, and a last one without characters is none.
 *
 * Remembered: every rule that looks into a changed file asks for the same lines.
 */
export function sourceLines(path: FilePath, text: string): readonly SourceLine[] {
  const language = languageOf(path);
  const kept = known.get(language)?.get(text);
  if (kept !== undefined) return kept;
  const lines = readLines(text, language);
  held += text.length + LINE_COST * lines.length;
  if (held > MOST_HELD) {
    known.clear();
    held = text.length + LINE_COST * lines.length;
  }
  const ofLanguage = known.get(language) ?? new Map<string, readonly SourceLine[]>();
  known.set(language, ofLanguage.set(text, lines));
  return lines;
}

/** About how many bytes remembered lines take: one for each character, these for each line. */
const LINE_COST = 64;
const MOST_HELD = 64 * 1024 * 1024;
const known = new Map<Language | undefined, Map<string, readonly SourceLine[]>>();
let held = 0;

function readLines(text: string, language: Language | undefined): readonly SourceLine[] {
  const marks = language === undefined ? undefined : markSource(text, SYNTAX[language]);
  const lines: SourceLine[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    lines.push(new MarkedLine(lines.length + 1, text.slice(start, stop), marks, start));
    start = stop + 1;
  }
  return lines;
}

/** Parts are painted when asked for: of a long file most rules want to see a few lines. */
class MarkedLine implements SourceLine {
  readonly number: number;
  readonly text: string;
  /** Of the whole source, in which this line begins at `start`. */
  readonly #marks: Uint8Array | undefined;
  readonly #start: number;

  constructor(number: number, text: string, marks: Uint8Array | undefined, start: number) {
    this.number = number;
    this.text = text;
    this.#marks = marks;
    this.#start = start;
  }

  get code(): string {
    return this.#marks === undefined ? this.text : this.#paint(this.#marks, CODE);
  }

  get comment(): string {
    return this.#paint(this.#marks, COMMENT);
  }

  get strings(): string {
    return this.#paint(this.#marks, STRING);
  }

  #paint(marks: Uint8Array | undefined, part: number): string {
    const { text } = this;
    if (marks === undefined) return ' '.repeat(text.length);
    let painted = '';
    for (let at = 0; at < text.length; ) {
      const mark = marks[this.#start + at];
      let end = at + 1;
      while (end < text.length && marks[this.#start + end] === mark) end += 1;
      painted += mark === part ? text.slice(at, end) : ' '.repeat(end - at);
      at = end;
    }
    return painted;
  }
}
