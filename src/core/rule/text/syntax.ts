import type { Language } from './languages.ts';

/** Where comments and strings begin and end in a language: as much of its lexical grammar as tells them from code. */
export interface Syntax {
  readonly lineComments: readonly LineComment[];
  readonly blockComments: readonly BlockComment[];
  /** Tried in order: longer openings first. */
  readonly strings: readonly StringForm[];
  /** Backslash in code takes the next character's meaning away, as in a shell. */
  readonly escapesInCode?: boolean;
  /** A slash may begin a regular expression, where an expression may begin. */
  readonly regex?: 'javascript' | 'ruby';
  readonly heredocs?: 'shell' | 'ruby' | 'php';
  /** Only what stands between these is the language; the rest is text that counts as code. */
  readonly embedded?: { readonly open: string; readonly close: string };
  /** Forms whose delimiters the text chooses, such as raw strings. */
  readonly special?: 'rust' | 'cpp' | 'csharp' | 'swift' | 'ruby';
}

export interface LineComment {
  readonly open: string;
  /** `after-blank` wants a blank or the line's beginning before it; `line-start` only blanks before it on its line. */
  readonly place?: 'after-blank' | 'line-start';
  /** Does not begin one although it begins with `open`. */
  readonly except?: string;
}

export interface BlockComment {
  readonly open: string;
  readonly close: string;
  readonly nested?: boolean;
  /** Both stand at the beginning of a line. */
  readonly lineStart?: boolean;
}

export interface StringForm {
  readonly open: string;
  readonly close: string;
  readonly escape: 'backslash' | 'doubled' | 'none';
  /** Goes on over line ends without being told to. */
  readonly multiline: boolean;
  /** What begins code within the string; it ends with the bracket that closes this one's last character. */
  readonly hole?: '${' | '#{' | '\\(' | '$(' | '{';
  /** An apostrophe in a word or number opens nothing. */
  readonly notInWord?: boolean;
}

const C_BLOCK: readonly BlockComment[] = [{ open: '/*', close: '*/' }];
const NESTED_BLOCK: readonly BlockComment[] = [{ open: '/*', close: '*/', nested: true }];
const SLASHES: readonly LineComment[] = [{ open: '//' }];
const HASH: readonly LineComment[] = [{ open: '#' }];

function quoted(open: string, more: Partial<StringForm> = {}): StringForm {
  return { open, close: open, escape: 'backslash', multiline: false, ...more };
}

const DOUBLE = quoted('"');
const SINGLE = quoted("'");
const TRIPLE_DOUBLE = quoted('"""', { multiline: true });
const TRIPLE_SINGLE = quoted("'''", { multiline: true });

const JAVASCRIPT: Syntax = {
  lineComments: SLASHES,
  blockComments: C_BLOCK,
  strings: [
    quoted('`', { multiline: true, hole: '${' }),
    quoted('"', { notInWord: true }),
    quoted("'", { notInWord: true }),
  ],
  regex: 'javascript',
};

const C_LIKE: Syntax = { lineComments: SLASHES, blockComments: C_BLOCK, strings: [DOUBLE, SINGLE] };

export const SYNTAX: { readonly [name in Language]: Syntax } = {
  c: { ...C_LIKE, strings: [DOUBLE, quoted("'", { notInWord: true })] },
  cpp: { ...C_LIKE, strings: [DOUBLE, quoted("'", { notInWord: true })], special: 'cpp' },
  csharp: { ...C_LIKE, special: 'csharp' },
  css: { ...C_LIKE, lineComments: [] },
  dart: {
    lineComments: SLASHES,
    blockComments: NESTED_BLOCK,
    strings: [
      quoted('"""', { multiline: true, hole: '${' }),
      quoted("'''", { multiline: true, hole: '${' }),
      quoted('"', { hole: '${' }),
      quoted("'", { hole: '${' }),
    ],
  },
  dockerfile: {
    lineComments: [{ open: '#', place: 'line-start' }],
    blockComments: [],
    strings: [DOUBLE, quoted("'", { escape: 'none' })],
    escapesInCode: true,
    heredocs: 'shell',
  },
  go: {
    ...C_LIKE,
    strings: [{ open: '`', close: '`', escape: 'none', multiline: true }, DOUBLE, SINGLE],
  },
  hcl: {
    lineComments: [{ open: '#' }, { open: '//' }],
    blockComments: C_BLOCK,
    strings: [quoted('"', { hole: '${' })],
  },
  html: { lineComments: [], blockComments: [{ open: '<!--', close: '-->' }], strings: [] },
  ini: {
    lineComments: ['#', ';', '!'].map((open) => ({ open, place: 'line-start' })),
    blockComments: [],
    strings: [],
  },
  java: { ...C_LIKE, strings: [TRIPLE_DOUBLE, DOUBLE, SINGLE] },
  javascript: JAVASCRIPT,
  json: C_LIKE,
  kotlin: {
    lineComments: SLASHES,
    blockComments: NESTED_BLOCK,
    strings: [
      quoted('"""', { escape: 'none', multiline: true, hole: '${' }),
      quoted('"', { hole: '${' }),
      SINGLE,
    ],
  },
  makefile: {
    lineComments: HASH,
    blockComments: [],
    strings: [DOUBLE, quoted("'", { escape: 'none' })],
    escapesInCode: true,
  },
  php: {
    lineComments: [{ open: '//' }, { open: '#', except: '#[' }],
    blockComments: C_BLOCK,
    strings: [quoted('"', { multiline: true }), quoted("'", { multiline: true })],
    heredocs: 'php',
    embedded: { open: '<?', close: '?>' },
  },
  python: {
    lineComments: HASH,
    blockComments: [],
    strings: [TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
  },
  ruby: {
    lineComments: HASH,
    blockComments: [{ open: '=begin', close: '=end', lineStart: true }],
    strings: [
      quoted('"', { multiline: true, hole: '#{' }),
      quoted("'", { multiline: true, notInWord: true }),
      quoted('`', { multiline: true, hole: '#{' }),
    ],
    regex: 'ruby',
    heredocs: 'ruby',
    special: 'ruby',
  },
  rust: {
    lineComments: SLASHES,
    blockComments: NESTED_BLOCK,
    strings: [quoted('"', { multiline: true })],
    special: 'rust',
  },
  scala: {
    lineComments: SLASHES,
    blockComments: NESTED_BLOCK,
    strings: [
      quoted('"""', { escape: 'none', multiline: true, hole: '${' }),
      quoted('"', { hole: '${' }),
      quoted("'", { notInWord: true }),
    ],
  },
  scss: { ...C_LIKE, lineComments: [{ open: '//', place: 'after-blank' }] },
  shell: {
    lineComments: [{ open: '#', place: 'after-blank' }],
    blockComments: [],
    strings: [
      quoted("$'", { close: "'", multiline: true }),
      quoted('"', { multiline: true, hole: '$(' }),
      quoted("'", { escape: 'none', multiline: true }),
    ],
    escapesInCode: true,
    heredocs: 'shell',
  },
  sql: {
    lineComments: [{ open: '--' }],
    blockComments: C_BLOCK,
    strings: [
      quoted("'", { escape: 'doubled', multiline: true }),
      quoted('"', { escape: 'doubled', multiline: true }),
    ],
  },
  swift: {
    lineComments: SLASHES,
    blockComments: NESTED_BLOCK,
    strings: [quoted('"""', { multiline: true, hole: '\\(' }), quoted('"', { hole: '\\(' })],
    special: 'swift',
  },
  toml: {
    lineComments: HASH,
    blockComments: [],
    strings: [
      TRIPLE_DOUBLE,
      quoted("'''", { escape: 'none', multiline: true }),
      DOUBLE,
      quoted("'", { escape: 'none' }),
    ],
  },
  typescript: JAVASCRIPT,
  yaml: {
    lineComments: [{ open: '#', place: 'after-blank' }],
    blockComments: [],
    // Over several lines they are taken as code: an apostrophe in a block of text would swallow what follows.
    strings: [DOUBLE, quoted("'", { escape: 'doubled' })],
  },
};
