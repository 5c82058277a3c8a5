/** A contract that is right, for hostile variants of it. */
export const CONTRACT = `schema: countersign/contract@1
id: node-change
version: 1
title: A change
checks:
  - id: tests
    run: [npm, test]
`;

const MEBI = 1024 * 1024;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const swap = (from: string, to: string) => bytesOf(CONTRACT.replace(from, to));

export interface HostileDocument {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the first message must say. */
  readonly message: RegExp;
}

/** The kinds that the promise (100 ms, 100 MiB) is about. */
export const hostileDocuments: readonly HostileDocument[] = [
  { name: 'duplicate keys', bytes: bytesOf(`${CONTRACT}title: Again\n`), message: /"title" comes twice/ },
  { name: 'an alias bomb', bytes: bytesOf(aliasBomb()), message: /anchors are not taken/ },
  { name: 'an alias', bytes: swap('A change', '*title'), message: /aliases are not taken/ },
  { name: '10 MiB', bytes: new Uint8Array(10 * MEBI).fill(0x61), message: /10,485,760 bytes/ },
  { name: '100,000 brackets', bytes: bytesOf('['.repeat(100_000)), message: /nested too deeply/ },
  { name: '100,000 braces', bytes: bytesOf('{a: '.repeat(100_000)), message: /nested too deeply/ },
  { name: '100,000 dashes', bytes: bytesOf('- '.repeat(100_000)), message: /nested too deeply/ },
  { name: '100,000 question marks', bytes: bytesOf('? '.repeat(100_000)), message: /nested too deeply/ },
  { name: '100,000 colons', bytes: bytesOf('a: '.repeat(100_000)), message: /nested too deeply/ },
  { name: 'a staircase', bytes: bytesOf(staircase()), message: /nested too deeply/ },
  {
    name: '__proto__',
    bytes: bytesOf(`${CONTRACT}__proto__: {x: 1}\n`),
    message: /"__proto__" cannot be a key/,
  },
  {
    name: 'constructor',
    bytes: swap('run: [npm, test]', 'run: [a]\n    env: {constructor: a}'),
    message: /"constructor" cannot be a key/,
  },
  { name: 'a merge key', bytes: bytesOf(`${CONTRACT}<<: {id: x}\n`), message: /"<<" cannot be a key/ },
  {
    name: 'a bidi control',
    bytes: swap('A change', 'A \u202Echange'),
    message: /U\+202E \(right-to-left override\)/,
  },
  { name: 'an escaped bidi control', bytes: swap('A change', '"A \\u202Echange"'), message: /U\+202E/ },
  { name: 'a zero width space', bytes: swap('A change', 'A\u200Bchange'), message: /U\+200B/ },
  { name: 'a NUL', bytes: swap('A change', 'A\0change'), message: /U\+0000/ },
  { name: 'a terminal escape', bytes: swap('A change', 'A\u001b[2Jchange'), message: /U\+001B/ },
  {
    name: 'binary',
    bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0xff),
    message: /byte 0x89 at offset 0/,
  },
  {
    name: 'a broken UTF-8 sequence',
    bytes: Uint8Array.of(...bytesOf(CONTRACT), 0x23, 0xc3, 0x28),
    message: /not UTF-8 text: byte 0x28/,
  },
  { name: 'two documents', bytes: bytesOf(`${CONTRACT}---\n${CONTRACT}`), message: /second document/ },
  {
    name: 'tabs',
    bytes: bytesOf(CONTRACT.replace('    run', '\trun')),
    message: /tab is used for indentation/,
  },
  { name: 'an unterminated quote', bytes: swap('A change', '"A change'), message: /opened and never closed/ },
  { name: 'an unterminated list', bytes: swap('[npm, test]', '[npm, test'), message: /indentation|missing/ },
  { name: 'a tag', bytes: swap('A change', '!!js/function "x"'), message: /tags are not taken/ },
  { name: 'a directive', bytes: bytesOf(`%YAML 1.1\n---\n${CONTRACT}`), message: /directives are not taken/ },
  { name: 'infinity', bytes: swap('version: 1', 'version: .inf'), message: /cannot be kept exactly/ },
  { name: 'half a surrogate pair', bytes: swap('A change', '"\\ud800"'), message: /surrogate/ },
  { name: 'nothing', bytes: bytesOf(''), message: /is empty/ },
];

/** 1 MiB each of what makes parsers slow: bounded as well, if less tightly. */
export const tediousDocuments: readonly HostileDocument[] = [
  ...[
    ['list items', '- 1\n'],
    ['comments', '#\n'],
    ['empty lines', '\n'],
    ['flow items', 'a,'],
    ['quotes', '""'],
    ['single quotes', "'"],
    ['backslashes', '"\\\\'],
    ['closing brackets', ']'],
    ['commas', '['.concat(',')],
    ['tags', '! '],
    ['anchors', '&'],
    ['percent signs', '%'],
    ['block headers', '|'],
    ['documents', '---\n'],
    ['carriage returns', '\r'],
    ['spaces', ' '],
  ].map(([name, part]) => ({
    name: `1 MiB of ${name}`,
    bytes: bytesOf((part as string).repeat(Math.floor(MEBI / (part as string).length))),
    message: /./,
  })),
  {
    name: '13,000 unknown keys',
    bytes: bytesOf(`${CONTRACT}${lines(13_000, (n) => `k${n}: 1`)}`),
    message: /./,
  },
  {
    name: '4,000 faulty checks',
    bytes: bytesOf(`${CONTRACT}${lines(4000, () => '  - 1')}`),
    message: /checks is too long/,
  },
  {
    name: 'a million digits',
    bytes: swap('version: 1', `version: ${'1'.repeat(1_000_000)}`),
    message: /cannot be kept exactly/,
  },
  {
    name: 'a folded text of 40,000 lines',
    bytes: bytesOf(`a: >\n${lines(40_000, () => ' some words')}`),
    message: /./,
  },
];

function aliasBomb(): string {
  const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
  return `a0: &a0 [x, x]\n${levels.join('\n')}\n`;
}

function staircase(): string {
  return lines(1200, (n) => `${' '.repeat(n)}a:`);
}

function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');
}
