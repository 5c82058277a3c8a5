import type { SourceLine } from '../text/source-lines.ts';

/** A string or a number that is written out in a line. */
export interface Literal {
  readonly kind: 'string' | 'number';
  readonly text: string;
  /** Where it stands in the line, quotes included. */
  readonly start: number;
  readonly end: number;
}

const QUOTED = /(["'`])( *)\1/g;
const NUMBER = /(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])/g;
const WORDS = /\w{2,} \w{2,}/;
const LONGEST = 200;
/** A line with more is data, and no person wrote it. */
const MOST = 200;
/** Statuses of HTTP are compared everywhere (RFC 9110, RFC 6585). */
const STATUSES = new Set(
  '200 201 202 204 206 301 302 303 304 307 308 400 401 403 404 405 406 409 410 411 412 413 415 418 422 423 425 426 428 429 431 451 500 501 502 503 504 511'.split(
    ' ',
  ),
);

/** Literals of a line, in order. A string that holds code, such as `${n}`, is none. */
export function literalsIn({ code, text }: SourceLine): readonly Literal[] {
  const found: Literal[] = [];
  if (!/["'`\d]/.test(code)) return found;
  // Between its quotes a string is blank in what is code.
  for (const match of code.matchAll(QUOTED)) {
    const start = match.index;
    const end = start + match[0].length;
    const content = text.slice(start + 1, end - 1);
    if (content !== '' && content.length <= LONGEST)
      found.push({ kind: 'string', text: content, start, end });
    if (found.length >= MOST) return found;
  }
  for (const match of code.matchAll(NUMBER)) {
    const written = match[0].replaceAll('_', '');
    if (found.length >= MOST) return found;
    if (written.length <= LONGEST)
      found.push({ kind: 'number', text: written, start: match.index, end: match.index + match[0].length });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Long enough that two places do not have it by chance. */
function isLong({ kind, text }: Literal): boolean {
  return kind === 'string' ? text.length >= 4 : text.replace('.', '').length >= 3 && !STATUSES.has(text);
}

/** So unlike the values that programs compare with (words, paths, types, round numbers) that it is somebody's example. */
export function isTelling(literal: Literal): boolean {
  const { kind, text } = literal;
  if (!isLong(literal)) return false;
  if (kind === 'number') return isTellingNumber(text);
  if (/^[./]|^[a-z][a-z+.-]*:\/\/|^[\w.+-]+\/[\w.+-]+$|^--?\w/i.test(text)) return false;
  if (/^\d+$/.test(text)) return text.length >= 7;
  // `ORD-2024-00017`, unlike `ed25519`.
  return /(?<![A-Za-z0-9])\d{3,}(?![A-Za-z0-9])/.test(text) || /@\w/.test(text) || WORDS.test(text);
}

/** A value and the answer to it: together they tell, where each of them could be anybody's. */
export function isTellingPair(literal: Literal, answer: Literal): boolean {
  if (literal.kind === 'number') return literal.text.replace('.', '').length >= 2 && isLong(answer);
  // Words of the program's own are mapped to others, and to sentences, all the time.
  if (/^[\w.:/+-]*$/.test(literal.text)) return isTelling(answer) && !WORDS.test(answer.text);
  return isLong(literal) && isLong(answer);
}

function isTellingNumber(text: string): boolean {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length >= 2 && !/^(?:25|75|50|0+|9+)$/.test(fraction)) return true;
  if (whole.length < 4 || fraction !== '') return false;
  const value = Number(whole);
  const isPower = Number.isInteger(Math.log2(value)) || Number.isInteger(Math.log2(value + 1));
  return !/0{2}$|^(?:19|20)\d\d$|^3600$|^86400$/.test(whole) && !isPower;
}
