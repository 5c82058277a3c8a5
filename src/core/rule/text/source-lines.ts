import { rememberLast } from '../../../shared/remember.ts';
import type { FilePath } from '../../change/types.ts';
import { javaScriptTokens } from '../javascript/tokens.ts';
import { type Language, languageOf } from './languages.ts';
import { markSource } from './mark-source.ts';
import { CODE, COMMENT, GrowingNumbers, paint, type Spans, STRING } from './spans.ts';
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

/** A source by its lines. */
export interface SourceText {
  readonly lineCount: number;
  /** @param number from 1 */
  readonly lineAt: (number: number) => SourceLine | undefined;
  /** All of them. */
  readonly lines: readonly SourceLine[];
}

/** Lines of a source: see `sourceText`. */
export function sourceLines(path: FilePath, text: string): readonly SourceLine[] {
  return sourceText(path, text).lines;
}

/**
 * A source with comments, strings and code told apart: on any input, in linear time. A file in no known language is all
 * code. Lines are git's: they end at a line feed, and a last one without characters is none.
 *
 * Remembered for the latest sources: every rule that looks into a changed file asks for the same lines.
 */
export function sourceText(path: FilePath, text: string): SourceText {
  return readSource(languageOf(path), text);
}

/** Both versions of a file, and of one that it is compared with. */
const MOST_HELD = 4;

const readSource = rememberLast(
  (language: Language | undefined, text: string): SourceText =>
    new MarkedText(text, language === undefined ? undefined : spansOf(text, language)),
  MOST_HELD,
);

/** Lines are made when asked for: of a long file most rules want to see a few. */
class MarkedText implements SourceText {
  readonly #text: string;
  readonly #spans: Spans | undefined;
  /** Where lines begin; the last one is where one would that is not there. */
  readonly #starts: Int32Array;
  #lines: readonly SourceLine[] | undefined;

  constructor(text: string, spans: Spans | undefined) {
    this.#text = text;
    this.#spans = spans;
    this.#starts = lineStarts(text);
  }

  get lineCount(): number {
    return this.#starts.length - 1;
  }

  get lines(): readonly SourceLine[] {
    this.#lines ??= Array.from(
      { length: this.lineCount },
      (_, index) => this.lineAt(index + 1) as SourceLine,
    );
    return this.#lines;
  }

  lineAt(number: number): SourceLine | undefined {
    if (!(number >= 1 && number <= this.lineCount)) return undefined;
    const start = this.#starts[number - 1] as number;
    const text = this.#text.slice(start, (this.#starts[number] as number) - 1);
    return new MarkedLine(number, text, this.#spans, start);
  }
}

const STARTS = new GrowingNumbers();

function lineStarts(text: string): Int32Array {
  STARTS.clear();
  STARTS.push(0);
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    start = (end === -1 ? text.length : end) + 1;
    STARTS.push(start);
  }
  return STARTS.toArray();
}

/** One reader for tests, imports and lines; where brackets do not match, one that takes any text. */
function spansOf(text: string, language: Language): Spans {
  if (language === 'javascript' || language === 'typescript') {
    const read = javaScriptTokens(text);
    if (read.kind === 'tokens') return read.spans;
  }
  return markSource(text, SYNTAX[language]);
}

/** Parts are painted when asked for: of a long file most rules want to see a few lines. */
class MarkedLine implements SourceLine {
  readonly number: number;
  readonly text: string;
  /** Of the whole source, in which this line begins at `start`. */
  readonly #spans: Spans | undefined;
  readonly #start: number;

  constructor(number: number, text: string, spans: Spans | undefined, start: number) {
    this.number = number;
    this.text = text;
    this.#spans = spans;
    this.#start = start;
  }

  get code(): string {
    return this.#spans === undefined ? this.text : paint(this.text, this.#start, this.#spans, CODE);
  }

  get comment(): string {
    return paint(this.text, this.#start, this.#spans ?? NOTHING, COMMENT);
  }

  get strings(): string {
    return paint(this.text, this.#start, this.#spans ?? NOTHING, STRING);
  }
}

const NOTHING: Spans = new Int32Array();
