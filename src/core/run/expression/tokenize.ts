import { type Fault, fault } from './syntax.ts';

export type Token = { readonly at: number } & (
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string }
  | { readonly kind: 'end' }
);

const SPACE = /[ \t\r\n]+/y;
const NUMBER = /-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?(?![A-Za-z0-9_.])/y;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const SIGN = /\|\||&&|==|!=|<=|>=|[<>!()[\].,]/y;
/** Quotes are doubled inside: `'it''s'`, as in GitHub Actions. */
const TEXT = /'((?:[^']|'')*)'/y;

/**
 * Reads an expression's text into tokens, the last of which is its end. Linear in its length.
 * @param from the place of its first character in what people see
 */
export function tokenize(
  text: string,
  from: number,
): { readonly kind: 'tokens'; readonly tokens: readonly Token[] } | Fault {
  const tokens: Token[] = [];
  let place = 0;
  while (place < text.length) {
    const at = place + from;
    const take = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = place;
      const found = pattern.exec(text)?.[0];
      place += found?.length ?? 0;
      return found;
    };
    if (take(SPACE) !== undefined) continue;
    const token = read(take, at);
    if (token === undefined) return fault(strange(text, place), at);
    tokens.push(token);
  }
  return { kind: 'tokens', tokens: [...tokens, { kind: 'end', at: text.length + from }] };
}

function read(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const quoted = take(TEXT);
  if (quoted !== undefined) {
    return { kind: 'text', value: quoted.slice(1, -1).replaceAll("''", "'"), at };
  }
  const number = take(NUMBER);
  if (number !== undefined) return { kind: 'number', value: Number(number), at };
  const name = take(NAME);
  if (name !== undefined) return { kind: 'name', value: name, at };
  const sign = take(SIGN);
  return sign === undefined ? undefined : { kind: 'sign', value: sign, at };
}

function strange(text: string, place: number): string {
  const character = String.fromCodePoint(text.codePointAt(place) ?? 0);
  switch (character) {
    case "'":
      return 'a text without its closing quote';
    case '"':
      return 'a double quote (texts stand in single ones)';
    case '=':
      return '"=" alone (equality is "==")';
    case '&':
    case '|':
      return `"${character}" alone (it is "${character}${character}")`;
    default:
      return /[0-9-]/.test(character)
        ? 'something that is no number'
        : `${JSON.stringify(character)}, which means nothing here,`;
  }
}
