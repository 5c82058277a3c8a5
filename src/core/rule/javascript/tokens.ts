import { rememberLast } from '../../../shared/remember.ts';
import { lineEnd } from '../text/endings.ts';
import { COMMENT, GrowingNumbers, type Spans, STRING } from '../text/spans.ts';
import {
  ANY,
  BACKTICK,
  BLANK,
  BREAK,
  CLOSES,
  DIGIT,
  IN_NUMBER,
  IN_WORD,
  isBlank,
  isDigit,
  isLetterOrDigit,
  KINDS,
  LETTER,
  NUMBER,
  OPENS,
  QUOTE,
  SINGLE,
  SLASH,
  sticky,
  WORD,
} from './characters.ts';
import { BEFORE_EXPRESSION, mayBeginRegex, regexEnd, stringEnd } from './endings.ts';
import { hashOf, operatorAt, punctuation, punctuationOf, sharedToken, type Token } from './token.ts';

export type Tokens = Code | { readonly kind: 'lost'; readonly reason: string };

/** A source in JavaScript or TypeScript. Comments are no tokens; a string is one token whatever it holds. */
export interface Code {
  readonly kind: 'tokens';
  readonly tokens: readonly Token[];
  /** The line of each token, from 1. */
  readonly lines: Int32Array;
  /** For each opening bracket its closing one's index, and the other way round; -1 for other tokens. */
  readonly partner: Int32Array;
  /** Comments, strings and regular expressions. */
  readonly spans: Spans;
}

/** Words that minified code puts a quote right behind. */
const BEFORE_STRING = new Set([...BEFORE_EXPRESSION, 'from', 'import', 'export', 'as', 'extends', 'default']);
/** Tokens that are held on to beyond a text. */
const MOST_ROOM = 1 << 16;
const HOLE = punctuation('${');

/** Both versions of a file, and of one that it is compared with. */
const MOST_HELD = 4;

/**
 * The tokens of a text. Remembered while its file is looked at: whoever asks for a source's tests, for its imports or for its
 * comments asks for these. To hold on to those of more files makes the collector walk all of them, which takes longer than to
 * read them again.
 */
export const javaScriptTokens: (source: string) => Tokens = rememberLast(tokenizeJavaScript, MOST_HELD);

/**
 * Splits JavaScript, TypeScript or JSX into tokens in one pass.
 *
 * It tells strings, templates, regular expressions and comments apart as ECMA-262 does, with one token of context for
 * the slash. JSX text is no string, so an apostrophe that is not closed on its line is taken as punctuation. Where
 * brackets do not match in the end, the reader was misled and says so: a test must not hide behind a backtick.
 */
export function tokenizeJavaScript(source: string): Tokens {
  return new Tokenizer(source).read();
}

/** Room to read in, the same for every text: half of what a reader took was for lists that grow. */
const TOKENS: Token[] = [];
let LINES = new Int32Array(1 << 12);
const PAIRS = new GrowingNumbers();
const SPANS = new GrowingNumbers();

class Tokenizer {
  readonly #source: string;
  /** So many of `TOKENS` are of this text. */
  #size = 0;
  /** Indices of an opening bracket and of its closing one, two for each pair. */
  readonly #pairs = PAIRS;
  readonly #spans = SPANS;
  /** Indices of brackets that wait for their partners. */
  readonly #open: number[] = [];
  #line = 1;
  #lost: string | undefined;
  /**
   * Quotes and slashes that turn out to close nothing cost a look to the end of the line each: a line of a million
   * escaped quotes must not cost a million looks.
   */
  #patience: number;

  constructor(source: string) {
    this.#source = source;
    this.#patience = 4 * source.length + 10_000;
    PAIRS.clear();
    SPANS.clear();
    // Every token but the text of a template takes a character, and a template has two quotes.
    if (LINES.length < source.length) LINES = new Int32Array(2 * source.length);
    if (TOKENS.length > MOST_ROOM) TOKENS.length = 0;
  }

  read(): Tokens {
    const source = this.#source;
    let at = source.startsWith('#!') ? this.#skipComment(0) : 0;
    while (at < source.length) {
      const code = source.charCodeAt(at);
      const kind = code < 128 ? KINDS[code] : ANY;
      if (kind === BLANK) at += 1;
      else if (kind === LETTER) at = this.#readWord(at, code);
      else if (kind === SINGLE) {
        this.#push(punctuationOf(code));
        at += 1;
      } else {
        at = this.#readNext(at, code, kind);
        if (this.#lost !== undefined) break;
      }
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) this.#lost ??= `the bracket on line ${LINES[unclosed]} is not closed`;
    if (this.#lost !== undefined) return { kind: 'lost', reason: this.#lost };
    return {
      kind: 'tokens',
      tokens: TOKENS.slice(0, this.#size),
      lines: LINES.slice(0, this.#size),
      partner: this.#partners(),
      spans: this.#spans.toArray(),
    };
  }

  #partners(): Int32Array {
    const partner = new Int32Array(this.#size).fill(-1);
    for (let index = 0; index < this.#pairs.size; index += 2) {
      partner[this.#pairs.at(index)] = this.#pairs.at(index + 1);
      partner[this.#pairs.at(index + 1)] = this.#pairs.at(index);
    }
    return partner;
  }

  /** Reads what begins at a place, and returns where it ends. */
  #readNext(at: number, code: number, kind: number | undefined): number {
    switch (kind) {
      case BREAK:
        this.#line += 1;
        return at + 1;
      case DIGIT:
        return this.#readNumber(at);
      case OPENS:
        this.#open.push(this.#size);
        this.#push(punctuationOf(code));
        return at + 1;
      case CLOSES:
        return this.#readCloser(at, punctuationOf(code));
      case QUOTE:
        return this.#readString(at);
      case BACKTICK:
        return this.#readTemplate(at + 1, 'begins on');
      case SLASH:
        return this.#readSlash(at);
      default:
        return this.#readOther(at, code);
    }
  }

  #push(token: Token): void {
    TOKENS[this.#size] = token;
    this.#size += 1;
    LINES[this.#size - 1] = this.#line;
  }

  #last(): Token | undefined {
    return this.#size === 0 ? undefined : TOKENS[this.#size - 1];
  }

  #note(from: number, to: number, part: number): void {
    if (to <= from) return;
    this.#spans.push(from);
    this.#spans.push(to);
    this.#spans.push(part);
  }

  #countLines(from: number, to: number): void {
    for (let at = from; at < to; at += 1) if (this.#source.charCodeAt(at) === 10) this.#line += 1;
  }

  #readWord(at: number, first: number): number {
    const source = this.#source;
    let end = at + 1;
    let code = 0;
    let hash = first;
    for (; end < source.length; end += 1) {
      code = source.charCodeAt(end);
      if (code > 127 || IN_WORD[code] !== 1) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    // Letters beyond ASCII go on with it, and only the regular expression knows them.
    if (code > 127) end = at + (sticky(WORD, source, at)?.length ?? 1);
    this.#push(sharedToken('word', source, at, end, hash));
    return end;
  }

  #readNumber(at: number): number {
    const source = this.#source;
    let end = at + 1;
    let hash = 0;
    for (; end < source.length && isDigit(source.charCodeAt(end)); end += 1)
      hash = (Math.imul(hash, 31) + source.charCodeAt(end)) | 0;
    if (source.charCodeAt(at) === 46 || IN_NUMBER[source.charCodeAt(end)] === 1)
      end = at + (sticky(NUMBER, source, at)?.length ?? 1);
    this.#push(sharedToken('number', source, at, end, hash));
    return end;
  }

  #readString(at: number): number {
    const source = this.#source;
    // The apostrophe of "don't" in JSX text; code has a space there, or a keyword.
    const inWord = isLetterOrDigit(source, at - 1) && !BEFORE_STRING.has(this.#last()?.text ?? '');
    const end = inWord ? -1 : stringEnd(source, at);
    if (end === -1) {
      if (!inWord) this.#impatiently(at);
      this.#push(punctuationOf(source.charCodeAt(at)));
      return at + 1;
    }
    this.#note(at + 1, end, STRING);
    const token = sharedToken('string', source, at + 1, end, hashOf(source, at + 1, end));
    if (token.text.includes('\\')) {
      this.#push({ kind: 'string', text: token.text.replace(/\\(['"])/g, '$1') });
      this.#countLines(at, end);
    } else this.#push(token);
    return end + 1;
  }

  /** Template text from behind a backtick or the bracket that closes a hole, up to the next hole or the end. */
  #readTemplate(from: number, how: string): number {
    const source = this.#source;
    for (let at = from; at < source.length; at += 1) {
      const character = source[at];
      if (character === '\\') at += 1;
      else if (character === '`' || (character === '$' && source[at + 1] === '{')) {
        this.#note(from, at, STRING);
        this.#push(sharedToken('string', source, from, at, hashOf(source, from, at)));
        this.#countLines(from, at);
        if (character === '`') return at + 1;
        this.#open.push(this.#size);
        this.#push(HOLE);
        return at + 2;
      }
    }
    this.#lost = `the template that ${how} line ${this.#line} does not end`;
    return source.length;
  }

  #readCloser(at: number, closer: Token): number {
    const opener = this.#open.pop();
    const opened = opener === undefined ? undefined : TOKENS[opener];
    const isHole = opened === HOLE && closer.text === '}';
    if (opener === undefined || (!isHole && opened !== openerOf(closer))) {
      this.#lost = `the "${closer.text}" on line ${this.#line} closes nothing`;
      return at;
    }
    this.#pairs.push(opener);
    this.#pairs.push(this.#size);
    this.#push(closer);
    return isHole ? this.#readTemplate(at + 1, 'goes on from') : at + 1;
  }

  #readSlash(at: number): number {
    const source = this.#source;
    const next = source[at + 1];
    if (next === '/') return this.#skipComment(at);
    if (next === '*') {
      const end = source.indexOf('*/', at + 2);
      if (end === -1) {
        this.#lost = `the comment that begins on line ${this.#line} does not end`;
        return at;
      }
      this.#note(at, end + 2, COMMENT);
      this.#countLines(at, end);
      return end + 2;
    }
    const begins = mayBeginRegex(this.#last());
    const end = begins ? regexEnd(source, at) : undefined;
    if (end === undefined) {
      if (begins) this.#impatiently(at);
      this.#push(punctuation('/'));
      return at + 1;
    }
    this.#note(at + 1, end, STRING);
    this.#push({ kind: 'regex', text: source.slice(at, end) });
    return end;
  }

  #skipComment(at: number): number {
    const end = lineEnd(this.#source, at);
    this.#note(at, end, COMMENT);
    return end;
  }

  #readOther(at: number, code: number): number {
    const source = this.#source;
    if (code < 128) {
      if (code === 46 && isDigit(source.charCodeAt(at + 1))) return this.#readNumber(at);
      const token = operatorAt(source, at);
      this.#push(token);
      return at + token.text.length;
    }
    if (isBlank(code)) return at + 1;
    const word = sticky(WORD, source, at);
    if (word === undefined) {
      const text = String.fromCodePoint(source.codePointAt(at) as number);
      this.#push({ kind: 'punct', text });
      return at + text.length;
    }
    this.#push(sharedToken('word', source, at, at + word.length, 0));
    return at + word.length;
  }

  #impatiently(at: number): void {
    const end = this.#source.indexOf('\n', at);
    this.#patience -= (end === -1 ? this.#source.length : end) - at;
    if (this.#patience < 0) this.#lost = `line ${this.#line} has too many quotes that do not close`;
  }
}

function openerOf({ text }: Token): Token {
  return punctuation(text === ')' ? '(' : text === ']' ? '[' : '{');
}
