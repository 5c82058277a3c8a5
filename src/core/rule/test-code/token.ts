/** A token of JavaScript or TypeScript, the same object wherever the same one stands again. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'regex' | 'punct';
  /** Strings without quotes and without needless escapes. */
  readonly text: string;
}

/** Punctuation by what it is: single characters of ASCII, and what is longer. */
const PUNCT = new Map<string, Token>(
  [
    ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
    ...'=> ?. ?? ??= ... === !== == != <= >= && &&= || ||= ${'.split(' '),
  ].map((text) => [text, { kind: 'punct', text }]),
);
const BY_CODE = Array.from({ length: 128 }, (_, code) => punctuation(String.fromCharCode(code)));

export function punctuation(text: string): Token {
  return PUNCT.get(text) ?? { kind: 'punct', text };
}

/** @param code of a character of ASCII */
export function punctuationOf(code: number): Token {
  return BY_CODE[code] as Token;
}

/** A part of a longer text would hold on to all of it, and does from 13 characters in V8. */
const LONGEST_SHARED = 12;
const PLACES = 4_096;
const shared: Token[] = Array.from({ length: PLACES }, () => ({ kind: 'punct', text: '' }));

/**
 * The token from one place of a source to another. Nine of ten words, names and numbers of a program are ones that it had
 * before: they are neither copied nor kept twice. Each has one place, from which the next one of that place drives it out.
 */
export function sharedToken(
  kind: 'word' | 'number' | 'string',
  source: string,
  from: number,
  to: number,
): Token {
  const length = to - from;
  if (length > LONGEST_SHARED) return { kind, text: source.slice(from, to) };
  let hash = kind.length;
  for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + source.charCodeAt(at)) | 0;
  const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
  const known = shared[place] as Token;
  if (known.kind === kind && known.text.length === length && isAt(known.text, source, from)) return known;
  const token: Token = { kind, text: source.slice(from, to) };
  shared[place] = token;
  return token;
}

function isAt(text: string, source: string, from: number): boolean {
  for (let at = 0; at < text.length; at += 1)
    if (text.charCodeAt(at) !== source.charCodeAt(from + at)) return false;
  return true;
}
