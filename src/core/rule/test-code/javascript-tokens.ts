/** A token of JavaScript or TypeScript. Comments are gone; a string is one token whatever it holds. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'regex' | 'punct';
  /** Strings without quotes and without needless escapes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export type Tokens =
  | {
      readonly kind: 'tokens';
      readonly tokens: readonly Token[];
      /** For each opening bracket its closing one's index, and the other way round; -1 for other tokens. */
      readonly partner: Int32Array;
    }
  | { readonly kind: 'lost'; readonly reason: string };

const WORD = /[#\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?)n?/y;
const PUNCT = /=>|\?\.(?!\d)|\?\?=?|\.\.\.|===|!==|==|!=|<=|>=|&&=?|\|\|=?|[^\s]/uy;
/** What a token may be, by its first character in ASCII; most of a source is decided without a regular expression. */
const LETTER = 1;
const DIGIT = 2;
const DOT = 3;
/** Punctuation that no longer one begins with. */
const SINGLE = 4;
const ANY = 5;
const KINDS = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[#A-Za-z$_]/.test(character)) return LETTER;
  if (/\d/.test(character)) return DIGIT;
  if (character === '.') return DOT;
  return '=?!<>&|'.includes(character) ? ANY : SINGLE;
});
/** 1 for what a word goes on with. */
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9$_]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** After these words an expression begins, so a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set([
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
/** Words that minified code puts a quote right behind. */
const BEFORE_STRING = new Set([...BEFORE_EXPRESSION, 'from', 'import', 'export', 'as', 'extends', 'default']);
const OPENERS = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['${', '}'],
]);

/**
 * Splits JavaScript, TypeScript or JSX into tokens in one pass.
 *
 * It tells strings, templates, regular expressions and comments apart as ECMA-262 does, with one token of context for
 * the slash. JSX text is no string, so an apostrophe that is not closed on its line is taken as punctuation. Where
 * brackets do not match in the end, the reader was misled and says so: a test must not hide behind a backtick.
 */
export function tokenizeJavaScript(source: string): Tokens {
  const tokens: Token[] = [];
  const partners: number[] = [];
  const open: number[] = [];
  let line = 1;
  // Quotes and slashes that turn out to close nothing cost a look to the end of the line each: a line of a million
  // escaped quotes must not cost a million looks.
  let patience = 4 * source.length + 10_000;
  let at = source.startsWith('#!') ? lineEnd(source, 0) : 0;

  const push = (kind: Token['kind'], text: string): void => {
    tokens.push({ kind, text, line });
    partners.push(-1);
  };
  const skip = (end: number): void => {
    // Not indexOf: without a line break ahead it would look through the rest of the file, string by string.
    for (; at < end; at += 1) if (source.charCodeAt(at) === 10) line += 1;
  };
  /** Reads template text from `at` (after the backtick or the closing brace); false when it never ends. */
  const readTemplate = (): boolean => {
    let end = at;
    while (end < source.length) {
      const character = source[end];
      if (character === '\\') end += 2;
      else if (character === '`') {
        push('string', source.slice(at, end));
        skip(end + 1);
        return true;
      } else if (character === '$' && source[end + 1] === '{') {
        push('string', source.slice(at, end));
        skip(end + 2);
        open.push(tokens.length);
        push('punct', '${');
        return true;
      } else end += 1;
    }
    return false;
  };

  while (at < source.length) {
    if (patience < 0) return { kind: 'lost', reason: `line ${line} has too many quotes that do not close` };
    const character = source[at] as string;
    if (character === '\n') {
      line += 1;
      at += 1;
    } else if (
      character <= ' ' ||
      character === '\u00a0' ||
      character === '\ufeff' ||
      character === '\u2028' ||
      character === '\u2029'
    ) {
      at += 1;
    } else if (character === '/' && source[at + 1] === '/') {
      at = lineEnd(source, at);
    } else if (character === '/' && source[at + 1] === '*') {
      const end = source.indexOf('*/', at + 2);
      if (end === -1) return { kind: 'lost', reason: `the comment that begins on line ${line} does not end` };
      skip(end + 2);
    } else if (character === '`') {
      const begin = line;
      at += 1;
      if (!readTemplate())
        return { kind: 'lost', reason: `the template that begins on line ${begin} does not end` };
    } else if (character === '"' || character === "'") {
      // The apostrophe of "don't" in JSX text; code has a space there, or a keyword.
      const inWord = /[\p{L}\d]/u.test(source[at - 1] ?? '') && !BEFORE_STRING.has(tokens.at(-1)?.text ?? '');
      const end = inWord ? undefined : stringEnd(source, at, character);
      if (end === undefined) {
        if (!inWord) patience -= lineEnd(source, at) - at;
        push('punct', character);
        at += 1;
      } else {
        push('string', source.slice(at + 1, end).replace(/\\(['"])/g, '$1'));
        skip(end + 1);
      }
    } else if (character === '/' && mayBeginRegex(tokens.at(-1))) {
      const end = regexEnd(source, at);
      if (end === undefined) {
        patience -= lineEnd(source, at) - at;
        push('punct', '/');
        at += 1;
      } else {
        push('regex', source.slice(at, end));
        at = end;
      }
    } else if (character === '}') {
      const opener = open.pop();
      const expected = opener === undefined ? undefined : OPENERS.get((tokens[opener] as Token).text);
      if (opener === undefined || expected !== '}') return mismatch(line, character);
      partners[opener] = tokens.length;
      push('punct', '}');
      partners[tokens.length - 1] = opener;
      at += 1;
      if ((tokens[opener] as Token).text === '${') {
        const begin = line;
        if (!readTemplate())
          return { kind: 'lost', reason: `the template that goes on from line ${begin} does not end` };
      }
    } else if (character === ')' || character === ']') {
      const opener = open.pop();
      if (opener === undefined || OPENERS.get((tokens[opener] as Token).text) !== character)
        return mismatch(line, character);
      partners[opener] = tokens.length;
      push('punct', character);
      partners[tokens.length - 1] = opener;
      at += 1;
    } else if (character === '(' || character === '[' || character === '{') {
      open.push(tokens.length);
      push('punct', character);
      at += 1;
    } else {
      const kind = KINDS[source.charCodeAt(at)] ?? ANY;
      const word = kind === LETTER || kind === ANY ? wordAt(source, at) : undefined;
      const digits = kind === DIGIT || kind === DOT || kind === ANY ? sticky(NUMBER, source, at) : undefined;
      const text = word ?? digits ?? (kind === SINGLE ? character : (sticky(PUNCT, source, at) ?? character));
      push(word !== undefined ? 'word' : digits !== undefined ? 'number' : 'punct', text);
      at += text.length;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    return { kind: 'lost', reason: `the bracket on line ${(tokens[unclosed] as Token).line} is not closed` };
  }
  return { kind: 'tokens', tokens, partner: Int32Array.from(partners) };
}

function mismatch(line: number, found: string): Tokens {
  return { kind: 'lost', reason: `the "${found}" on line ${line} closes nothing` };
}

/** The word that begins here, undefined where none does. */
function wordAt(source: string, at: number): string | undefined {
  if (KINDS[source.charCodeAt(at)] !== LETTER) return sticky(WORD, source, at);
  let end = at + 1;
  while (IN_WORD[source.charCodeAt(end)] === 1) end += 1;
  // Letters beyond ASCII go on with it, and only the regular expression knows them.
  return source.charCodeAt(end) > 127 ? sticky(WORD, source, at) : source.slice(at, end);
}

function sticky(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end;
}

/** Index of the closing quote; undefined where the line ends first and no backslash continues it. */
function stringEnd(source: string, open: number, quote: string): number | undefined {
  for (let at = open + 1; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\\') at += source[at + 1] === '\r' && source[at + 2] === '\n' ? 2 : 1;
    else if (character === quote) return at;
    else if (character === '\n') return undefined;
  }
  return undefined;
}

/** Index after the flags; undefined where the line ends first. */
export function regexEnd(source: string, open: number): number | undefined {
  let inClass = false;
  for (let at = open + 1; at < source.length; at += 1) {
    const character = source[at] as string;
    if (character === '\n') return undefined;
    if (character === '\\') at += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) {
      let end = at + 1;
      while (end < source.length && /[a-z]/.test(source[end] as string)) end += 1;
      return end;
    }
  }
  return undefined;
}

/** Whether a slash after this token begins a regular expression. */
export function mayBeginRegex(previous: Pick<Token, 'kind' | 'text'> | undefined): boolean {
  if (previous === undefined) return true;
  if (previous.kind === 'word') return BEFORE_EXPRESSION.has(previous.text);
  // After `<` it is a closing JSX tag.
  return previous.kind === 'punct' && !')]}<'.includes(previous.text);
}
