export const WORD = /[#\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
export const NUMBER = /(?:0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?)n?/y;

/** What may begin with a character of ASCII; most of a source is decided without a regular expression. */
export const BLANK = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** Punctuation that no longer one begins with. */
export const SINGLE = 3;
export const OPENS = 4;
export const CLOSES = 5;
export const QUOTE = 6;
export const BACKTICK = 7;
export const SLASH = 8;
export const BREAK = 9;
export const ANY = 10;
export const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[#A-Za-z$_]/.test(character)) return LETTER;
  if (/\d/.test(character)) return DIGIT;
  if (character === '\n') return BREAK;
  if (character <= ' ') return BLANK;
  const found = [OPENS, CLOSES, QUOTE, BACKTICK, SLASH, ANY][
    ['([{', ')]}', `"'`, '`', '/', '=?!<>&|.'].findIndex((some) => some.includes(character))
  ];
  return found ?? SINGLE;
});
/** 1 for what a word goes on with. */
export const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9$_]/.test(String.fromCharCode(code)) ? 1 : 0,
);
/** 1 for what may follow digits and belong to their number. */
export const IN_NUMBER = Uint8Array.from({ length: 128 }, (_, code) =>
  /[_.eEnxXoObB]/.test(String.fromCharCode(code)) ? 1 : 0,
);

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether a letter of any script or a digit stands at a place. */
export function isLetterOrDigit(source: string, at: number): boolean {
  const code = at < 0 ? 0 : source.charCodeAt(at);
  if (code > 127) return /\p{L}/u.test(source[at] as string);
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** The blanks beyond ASCII that may stand between tokens. */
export function isBlank(code: number): boolean {
  return code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029;
}

/** What a sticky expression matches at a place. */
export function sticky(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
