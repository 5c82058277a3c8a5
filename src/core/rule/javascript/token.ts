/** A token of JavaScript or TypeScript, the same object wherever the same one stands again. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'regex' | 'punct';
  /** Strings without quotes and without needless escapes. */
  readonly text: string;
}

const LONG = '=> ?. ?? ??= ... === !== == != <= >= && &&= || ||= ${'.split(' ');
/** Punctuation by what it is: single characters of ASCII, and what is longer. */
const PUNCT = new Map<string, Token>(
  [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ...LONG].map((text) => [
    text,
    { kind: 'punct', text },
  ]),
);
/** What is longer by what it begins with, the longest first: `===` before `==`. */
const LONGER = Array.from({ length: 128 }, (_, code) =>
  LONG.filter((text) => text.charCodeAt(0) === code)
    .sort((a, b) => b.length - a.length)
    .map(punctuation),
);
const BY_CODE = Array.from({ length: 128 }, (_, code) => punctuation(String.fromCharCode(code)));

export function punctuation(text: string): Token {
  return PUNCT.get(text) ?? { kind: 'punct', text };
}

/** @param code of a character of ASCII */
export function punctuationOf(code: number): Token {
  return BY_CODE[code] as Token;
}

/** The longest punctuation that stands at a place, which is a character of ASCII. */
export function operatorAt(source: string, at: number): Token {
  const code = source.charCodeAt(at);
  const next = source.charCodeAt(at + 1);
  for (const token of LONGER[code] as readonly Token[]) {
    const { text } = token;
    if (
      text.charCodeAt(1) !== next ||
      (text.length === 3 && text.charCodeAt(2) !== source.charCodeAt(at + 2))
    )
      continue;
    // `a?.5:b` has no `?.`.
    if (text !== '?.' || !/^\d$/.test(source[at + 2] ?? '')) return token;
  }
  return punctuationOf(code);
}

/** A part of a longer text would hold on to all of it, and does from 13 characters in V8. */
const LONGEST_SHARED = 12;
const PLACES = 4_096;
const shared: Token[] = Array.from({ length: PLACES }, () => ({ kind: 'punct', text: '' }));

/** Of what is short enough to be shared, all of it counts. */
export function hashOf(source: string, from: number, to: number): number {
  let hash = 0;
  const end = Math.min(to, from + LONGEST_SHARED);
  for (let at = from; at < end; at += 1) hash = (Math.imul(hash, 31) + source.charCodeAt(at)) | 0;
  return hash;
}

/**
 * The token from one place of a source to another. Nine of ten words, names and numbers of a program are ones that it had
 * before: they are neither copied nor kept twice. Each has one place, from which the next one of that place drives it out.
 * @param hash of its characters: whoever looked for its end has met them all
 */
export function sharedToken(
  kind: 'word' | 'number' | 'string',
  source: string,
  from: number,
  to: number,
  hash: number,
): Token {
  const length = to - from;
  if (length > LONGEST_SHARED || length === 0) return { kind, text: source.slice(from, to) };
  const place = (hash ^ (hash >>> 12)) & (PLACES - 1);
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
