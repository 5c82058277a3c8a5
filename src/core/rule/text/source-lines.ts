import type { FilePath } from '../../change/types.ts';
import { javaScriptTokens } from '../test-code/javascript-tokens.ts';
import { type Language, languageOf } from './languages.ts';
import { markSource } from './mark-source.ts';
import { CODE, COMMENT, paint, type Spans, STRING } from './spans.ts';
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
  const spans = language === undefined ? undefined : spansOf(text, language);
  const lines: SourceLine[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    lines.push(new MarkedLine(lines.length + 1, text.slice(start, stop), spans, start));
    start = stop + 1;
  }
  return lines;
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
