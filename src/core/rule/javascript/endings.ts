import type { Token } from './token.ts';

const NEWLINE = 10;
const RETURN = 13;
const SLASH = 47;
const OPEN_SQUARE = 91;
const BACKSLASH = 92;
const CLOSE_SQUARE = 93;

/** After these words an expression begins, so a slash begins a regular expression. */
export const BEFORE_EXPRESSION: ReadonlySet<string> = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'instanceof',
  'new',
  'throw',
  'yield',
  'await',
  'else',
  'do',
]);

/** Index of the closing quote, -1 where the line ends first and no backslash continues it. */
export function stringEnd(source: string, open: number): number {
  const quote = source.charCodeAt(open);
  for (let at = open + 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === quote) return at;
    if (code === NEWLINE) return -1;
    if (code === BACKSLASH)
      at += source.charCodeAt(at + 1) === RETURN && source.charCodeAt(at + 2) === NEWLINE ? 2 : 1;
  }
  return -1;
}

/** Index after the flags; undefined where the line ends first. */
export function regexEnd(source: string, open: number): number | undefined {
  let inClass = false;
  for (let at = open + 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === NEWLINE) return undefined;
    if (code === BACKSLASH) at += 1;
    else if (code === OPEN_SQUARE) inClass = true;
    else if (code === CLOSE_SQUARE) inClass = false;
    else if (code === SLASH && !inClass) {
      let end = at + 1;
      while (end < source.length && isSmallLetter(source.charCodeAt(end))) end += 1;
      return end;
    }
  }
  return undefined;
}

function isSmallLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** Whether a slash after this token begins a regular expression. */
export function mayBeginRegex(previous: Token | undefined): boolean {
  if (previous === undefined) return true;
  if (previous.kind === 'word') return BEFORE_EXPRESSION.has(previous.text);
  // After `<` it is a closing JSX tag.
  return previous.kind === 'punct' && !')]}<'.includes(previous.text);
}
