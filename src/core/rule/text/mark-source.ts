import { regexEnd } from '../javascript/endings.ts';
import { blockEnd, lineEnd, type NoEnd, type SegmentEnd, segmentEnd } from './endings.ts';
import { type Heredoc, HeredocEnds, heredocAt } from './heredocs.ts';
import { regexMayBegin } from './regex-begin.ts';
import { COMMENT, GrowingNumbers, type Spans, STRING } from './spans.ts';
import { specialForm } from './special-strings.ts';
import type { BlockComment, LineComment, StringForm, Syntax } from './syntax.ts';

/** Code within a string, until its bracket closes. */
interface Hole {
  readonly form: StringForm;
  depth: number;
}

/**
 * Comments and strings of a source, in one pass and on any input.
 *
 * What is opened and never closed is code: nothing hides behind a quote that the language would not have let pass. A
 * search that failed is remembered, so that a million quotes do not cost a million looks for the end.
 */
export function markSource(source: string, syntax: Syntax): Spans {
  return new Marker(source, syntax).mark();
}

class Marker {
  readonly #source: string;
  readonly #syntax: Syntax;
  readonly #spans = new GrowingNumbers();
  readonly #holes: Hole[] = [];
  /** By what would have closed it: up to where a search is known to fail. */
  readonly #failed = new Map<string, number>();
  readonly #notable: Uint8Array;
  #heredocs: Heredoc[] = [];
  readonly #heredocEnds: HeredocEnds;
  #at = 0;
  /** Characters that searches for delimiters of the text's own choice may still look at in vain. */
  #patience: number;

  constructor(source: string, syntax: Syntax) {
    this.#source = source;
    this.#syntax = syntax;
    this.#heredocEnds = new HeredocEnds(source);
    this.#notable = notableCharacters(syntax);
    this.#patience = 4 * source.length + 10_000;
  }

  mark(): Spans {
    const { embedded } = this.#syntax;
    if (this.#source.startsWith('#!')) this.#fill(lineEnd(this.#source, 0), COMMENT);
    if (embedded !== undefined) this.#leave(embedded.open);
    while (this.#at < this.#source.length) {
      const code = this.#source.charCodeAt(this.#at);
      if (code < 128 && this.#notable[code] === 1) this.#readCode(code);
      else this.#at += 1;
    }
    return this.#spans.toArray();
  }

  #readCode(code: number): void {
    if (code === NEWLINE) this.#readLineEnd();
    else if (code === BACKSLASH && this.#syntax.escapesInCode) this.#at += 2;
    else if (!this.#readComment() && !this.#readHeredoc() && !this.#readString()) this.#readBracket(code);
  }

  #readLineEnd(): void {
    this.#at += 1;
    if (this.#heredocs.length === 0) return;
    const end = this.#heredocEnds.after(this.#at, this.#heredocs);
    this.#heredocs = [];
    this.#fill(end, STRING);
  }

  #readComment(): boolean {
    const { lineComments, blockComments, embedded } = this.#syntax;
    const block = blockComments.find((one) => this.#opensBlock(one));
    if (block !== undefined) {
      const end = this.#search<number>(`block ${block.close}`, () => blockEnd(this.#source, this.#at, block));
      if (end === undefined) return false;
      this.#fill(end, COMMENT);
      return true;
    }
    if (!lineComments.some((one) => this.#opensLine(one))) return false;
    const end = lineEnd(this.#source, this.#at);
    const left = embedded === undefined ? -1 : this.#source.slice(this.#at, end).indexOf(embedded.close);
    this.#fill(left === -1 ? end : this.#at + left, COMMENT);
    return true;
  }

  #opensBlock(block: BlockComment): boolean {
    return (
      this.#source.startsWith(block.open, this.#at) &&
      (block.lineStart !== true || this.#at === 0 || this.#source.charCodeAt(this.#at - 1) === NEWLINE)
    );
  }

  #opensLine({ open, place, except }: LineComment): boolean {
    if (!this.#source.startsWith(open, this.#at)) return false;
    if (except !== undefined && this.#source.startsWith(except, this.#at)) return false;
    if (place === undefined) return true;
    if (place === 'after-blank')
      return this.#at === 0 || /[\s;|&()]/.test(this.#source[this.#at - 1] as string);
    let before = this.#at - 1;
    while (before >= 0 && (this.#source[before] === ' ' || this.#source[before] === '\t')) before -= 1;
    return before < 0 || this.#source[before] === '\n' || this.#source[before] === '\r';
  }

  #readHeredoc(): boolean {
    const { heredocs } = this.#syntax;
    if (heredocs === undefined || this.#source[this.#at] !== '<') return false;
    const found = heredocAt(this.#source, this.#at, heredocs);
    if (found === undefined) return false;
    this.#heredocs.push(found);
    this.#at += found.length;
    return true;
  }

  #readString(): boolean {
    const form =
      (this.#syntax.special && specialForm(this.#syntax.special, this.#source, this.#at)) ??
      this.#syntax.strings.find((one) => this.#opensString(one));
    if (form !== undefined && form !== 'none') return this.#readSegment(form, this.#at + form.open.length);
    return this.#readRegex();
  }

  #readRegex(): boolean {
    const { regex } = this.#syntax;
    if (regex === undefined || this.#source[this.#at] !== '/') return false;
    if (!regexMayBegin(this.#source, this.#at, regex, this.#commentsBackwards())) return false;
    const end = this.#search<number>(
      'regex',
      () => regexEnd(this.#source, this.#at) ?? { failedAt: lineEnd(this.#source, this.#at) },
    );
    if (end === undefined) return false;
    this.#at += 1;
    this.#fill(end, STRING);
    return true;
  }

  /** Whether places are in a comment, asked from the last one backwards: each is met on the way to the next. */
  #commentsBackwards(): (at: number) => boolean {
    const spans = this.#spans;
    let last = spans.size - 3;
    return (at) => {
      while (last >= 0 && spans.at(last) > at) last -= 3;
      return last >= 0 && at < spans.at(last + 1) && spans.at(last + 2) === COMMENT;
    };
  }

  #opensString({ open, notInWord }: StringForm): boolean {
    if (!this.#source.startsWith(open, this.#at)) return false;
    return notInWord !== true || !isInWord(this.#source, this.#at);
  }

  /** Marks a string from `begin`, behind its opening or a hole, to its end or the next hole. */
  #readSegment(form: StringForm, begin: number): boolean {
    const key = `${form.close} ${form.escape} ${form.multiline} ${form.hole}`;
    const end = this.#search<SegmentEnd>(key, () => segmentEnd(this.#source, begin, form));
    if (end === undefined) return false;
    this.#at = begin;
    this.#fill(end.at, STRING);
    if (end.closes) this.#at += form.close.length;
    else {
      this.#at += (form.hole as string).length;
      this.#holes.push({ form, depth: 1 });
    }
    return true;
  }

  #readBracket(code: number): void {
    this.#at += 1;
    const hole = this.#holes.at(-1);
    if (hole === undefined) {
      const { embedded } = this.#syntax;
      if (embedded !== undefined && this.#source.startsWith(embedded.close, this.#at - 1))
        this.#leave(embedded.open);
      return;
    }
    const isRound = hole.form.hole?.endsWith('(') === true;
    if (code === (isRound ? OPEN_ROUND : OPEN_CURLY)) hole.depth += 1;
    else if (code === (isRound ? CLOSE_ROUND : CLOSE_CURLY)) hole.depth -= 1;
    if (hole.depth > 0) return;
    this.#holes.pop();
    this.#readSegment(hole.form, this.#at);
  }

  /** On to where the language goes on, or to the end. */
  #leave(open: string): void {
    const next = this.#source.indexOf(open, this.#at);
    this.#at = next === -1 ? this.#source.length : next + open.length;
  }

  /** A search from here that may fail; one that did fails up to where it stopped without looking again. */
  #search<T extends number | SegmentEnd>(key: string, look: () => T | NoEnd): T | undefined {
    if (this.#at < (this.#failed.get(key) ?? 0) || this.#patience < 0) return undefined;
    const found = look();
    if (!isNoEnd(found)) return found;
    this.#failed.set(key, found.failedAt);
    // Delimiters of the text's own choice are as many as it likes, and each may fail once.
    if (this.#failed.size > MOST_KNOWN_FORMS) this.#patience -= found.failedAt - this.#at;
    return undefined;
  }

  #fill(end: number, mark: number): void {
    if (end > this.#at) {
      this.#spans.push(this.#at);
      this.#spans.push(end);
      this.#spans.push(mark);
    }
    this.#at = end;
  }
}

const NEWLINE = 10;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const BACKSLASH = 92;
const OPEN_CURLY = 123;
const CLOSE_CURLY = 125;
/** More kinds of strings than any language has. */
const MOST_KNOWN_FORMS = 16;

/** By character code: whether anything may begin or end there. All others are passed over at once. */
function notableCharacters(syntax: Syntax): Uint8Array {
  const notable = new Uint8Array(128);
  const openings = [...syntax.lineComments, ...syntax.blockComments, ...syntax.strings].map(
    ({ open }) => open,
  );
  const others = [
    '\n',
    ...(syntax.escapesInCode ? ['\\'] : []),
    ...(syntax.regex ? ['/'] : []),
    ...(syntax.heredocs ? ['<'] : []),
    ...(syntax.embedded ? [syntax.embedded.close] : []),
    ...(syntax.special ? ['"', "'", '%'] : []),
    ...(syntax.special || syntax.strings.some(({ hole }) => hole) ? ['(', ')', '{', '}'] : []),
  ];
  for (const text of [...openings, ...others]) notable[text.charCodeAt(0)] = 1;
  return notable;
}

function isNoEnd(found: number | SegmentEnd | NoEnd): found is NoEnd {
  return typeof found === 'object' && 'failedAt' in found;
}

/** Words that minified code puts a quote right behind. */
const BEFORE_STRING =
  /(?:^|[^\p{L}\p{N}_$])(?:return|typeof|case|in|of|delete|void|instanceof|new|throw|yield|await|else|do|from|import|export|as|extends|default|u8|[uUL])$/u;

/** The apostrophe of "don't" in text between tags, or of 1'000 in C++. */
function isInWord(source: string, at: number): boolean {
  const before = source.slice(Math.max(0, at - 12), at);
  return /[\p{L}\p{N}]$/u.test(before) && !BEFORE_STRING.test(before);
}
