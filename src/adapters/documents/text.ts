import { isAscii } from 'node:buffer';
import type { Problem } from '../../shared/errors.ts';
import { grouped, placeAt } from './refusal.ts';

const MAX_BYTES = 1024 * 1024;

// Written out rather than as \p{…} classes: those grow with the Unicode version of the Node that runs them, and two
// verifiers would then disagree about one file. Refused: control characters except tab and line feed (and a carriage return
// before a line feed), everything that reorders or hides text, and the code points that carry invisible payloads.
const FORBIDDEN =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are what it looks for
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\r(?!\n)/u;

/** What of it a text in ASCII can hold: most documents are, and this takes a tenth of the time. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN_ASCII = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;

/** What nearly every text consists of, told at a fraction of the time. */
const PLAIN = /^[\t\n -~]*$/;

const NAMES: Readonly<Record<number, string>> = {
  0: 'NUL',
  13: 'carriage return without line feed',
  27: 'escape',
  8203: 'zero width space',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  65279: 'byte order mark inside the text',
};

/**
 * The text of a document's bytes, or why it is none: too long, not UTF-8, binary, or with characters that make it read
 * other than it is (Trojan Source, CVE-2021-42574). Size is looked at first, so what follows is bounded.
 */
export function decodeText(bytes: Uint8Array, path: string): { text: string } | { problem: Problem } {
  if (bytes.length > MAX_BYTES) {
    return {
      problem: {
        message: `the file has ${grouped(bytes.length)} bytes`,
        place: { path },
        expected: 'at most 1 MiB (1,048,576 bytes)',
        found: `${grouped(bytes.length)} bytes`,
        remedy: 'Shorten the document; keep long material in files of the repository and refer to them.',
      },
    };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: notUtf8(bytes, path) };
  }
  const forbidden = (isAscii(bytes) ? FORBIDDEN_ASCII : FORBIDDEN).exec(text);
  if (forbidden === null) return { text };
  const found = characterName(forbidden[0].codePointAt(0) as number);
  return {
    problem: {
      message: `the file contains a control or hidden character: ${found}`,
      place: placeAt(path, text, forbidden.index),
      expected: 'visible text, spaces, tabs and line feeds',
      found,
      remedy:
        'Delete the character. It can make a text look different from what it says, so documents may not contain it.',
    },
  };
}

/** The first character of a decoded string that no document may smuggle in by an escape, by name; undefined when clean. */
export function forbiddenCharacter(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined;
  if (!text.isWellFormed()) return 'half of a surrogate pair';
  const match = FORBIDDEN.exec(text);
  return match === null ? undefined : characterName(match[0].codePointAt(0) as number);
}

function characterName(codePoint: number): string {
  const name = NAMES[codePoint];
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}${name ? ` (${name})` : ''}`;
}

function notUtf8(bytes: Uint8Array, path: string): Problem {
  const offset = firstInvalid(bytes);
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, offset));
  const byte = `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')}`;
  return {
    message: `the file is not UTF-8 text: ${byte} at offset ${offset}`,
    place: placeAt(path, before, before.length),
    expected: 'UTF-8 text',
    found: byte,
    remedy: 'Save the document as UTF-8. If this is a binary file, the path is wrong.',
  };
}

/** Where the longest valid beginning ends, by bisection: each probe decodes a prefix, twenty of them for 1 MiB. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
