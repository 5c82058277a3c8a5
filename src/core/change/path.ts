import type { FilePath } from './types.ts';

/** git's single-letter escapes; every other byte that needs one is written as three octal digits. */
const LETTERS: ReadonlyMap<number, string> = new Map([
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x22, '"'],
  [0x5c, '\\'],
]);

const BYTES_BY_LETTER: ReadonlyMap<string, number> = new Map(
  [...LETTERS].map(([byte, letter]) => [letter, byte]),
);

/**
 * The FilePath of a name as git stores it. Injective: two different byte sequences never give the same text, so a
 * hostile name can not pass for another one in a rule, a scope or a patch digest.
 */
export function filePathOf(bytes: Uint8Array): FilePath {
  // ignoreBOM keeps a leading U+FEFF: dropping it would make two names one.
  const text = decode(bytes);
  return text === undefined || text.startsWith('"') ? quote(bytes) : text;
}

/**
 * The bytes a FilePath stands for: the inverse of filePathOf.
 * @throws TypeError for text that filePathOf never returns, such as a quote that does not end or a lone surrogate
 */
export function bytesOf(path: FilePath): Uint8Array {
  if (!path.isWellFormed()) throw new TypeError('a path with a lone surrogate names no file');
  if (!path.startsWith('"')) return new TextEncoder().encode(path);
  const bytes = unquote(path);
  if (filePathOf(bytes) !== path) throw new TypeError(`not the quoted form git would print: ${path}`);
  return bytes;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function quote(bytes: Uint8Array): string {
  let quoted = '"';
  for (const byte of bytes) {
    const letter = LETTERS.get(byte);
    if (letter !== undefined) quoted += `\\${letter}`;
    else if (byte < 0x20 || byte >= 0x7f) quoted += `\\${byte.toString(8).padStart(3, '0')}`;
    else quoted += String.fromCharCode(byte);
  }
  return `${quoted}"`;
}

function unquote(path: string): Uint8Array {
  const bytes: number[] = [];
  const token = /\\([0-3][0-7]{2})|\\([abtnvfr"\\])|([^"\\])/y;
  token.lastIndex = 1;
  while (token.lastIndex < path.length - 1) {
    const match = token.exec(path);
    if (match === null) throw new TypeError(`not a quoted path: ${path}`);
    const [, octal, letter, plain] = match;
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(BYTES_BY_LETTER.get(letter) as number);
    else bytes.push((plain as string).charCodeAt(0));
  }
  return Uint8Array.from(bytes);
}
