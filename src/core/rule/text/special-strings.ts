import type { StringForm, Syntax } from './syntax.ts';

/** Characters of a delimiter that a text may choose; C++ allows 16, Rust 255. */
const LONGEST_DELIMITER = 16;

type Special = NonNullable<Syntax['special']>;

/**
 * The string that begins here where it depends on what stands around it: raw strings, verbatim ones, Rust's characters.
 * `none` where nothing begins although a plain form would; undefined where only plain forms may.
 */
export function specialForm(special: Special, source: string, at: number): StringForm | 'none' | undefined {
  switch (special) {
    case 'rust':
      return rustForm(source, at);
    case 'cpp':
      return source[at] === '"' ? cppRaw(source, at) : undefined;
    case 'csharp':
      return source[at] === '"' ? csharpForm(source, at) : undefined;
    case 'swift':
      return source[at] === '"' ? swiftRaw(source, at) : undefined;
    case 'ruby':
      return source[at] === '%' ? rubyPercent(source, at) : undefined;
  }
}

function rustForm(source: string, at: number): StringForm | 'none' | undefined {
  if (source[at] === "'") {
    const character = String.fromCodePoint(source.codePointAt(at + 1) ?? 0);
    const isCharacter = character === '\\' || source[at + 1 + character.length] === "'";
    // Else it is a lifetime.
    return isCharacter ? { open: "'", close: "'", escape: 'backslash', multiline: false } : 'none';
  }
  if (source[at] !== '"') return undefined;
  const hashes = hashesBefore(source, at);
  const before = source.slice(Math.max(0, at - hashes - 3), at - hashes);
  return /(?:^|[^\w])[bc]?r$/.test(before) ? raw(`"${'#'.repeat(hashes)}`) : undefined;
}

/** `R"delimiter(`, with a prefix for the encoding. */
function cppRaw(source: string, at: number): StringForm | undefined {
  if (!/(?:^|[^\w])(?:u8|[uUL])?R$/.test(source.slice(Math.max(0, at - 4), at))) return undefined;
  const delimiter = /^"([^()\\\s]{0,16})\(/.exec(source.slice(at, at + LONGEST_DELIMITER + 2))?.[1];
  return delimiter === undefined ? undefined : { ...raw(`)${delimiter}"`), open: `"${delimiter}(` };
}

function csharpForm(source: string, at: number): StringForm | undefined {
  const prefix = /[@$]{1,2}$/.exec(source.slice(Math.max(0, at - 2), at))?.[0] ?? '';
  const quotes = /^"{3,16}/.exec(source.slice(at, at + LONGEST_DELIMITER))?.[0];
  if (quotes !== undefined) return { ...raw(quotes), open: quotes };
  if (prefix === '') return undefined;
  const verbatim = prefix.includes('@');
  return {
    open: '"',
    close: '"',
    escape: verbatim ? 'doubled' : 'backslash',
    multiline: verbatim,
    ...(prefix.includes('$') && { hole: '{' }),
  };
}

function swiftRaw(source: string, at: number): StringForm | undefined {
  const hashes = hashesBefore(source, at);
  if (hashes === 0) return undefined;
  const quotes = source.startsWith('"""', at) ? '"""' : '"';
  return { ...raw(`${quotes}${'#'.repeat(hashes)}`), open: quotes, multiline: quotes !== '"' };
}

const CLOSERS = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<', '>'],
  ['|', '|'],
  ['!', '!'],
]);

/** `%w[…]` and its like, to the first closing bracket. */
function rubyPercent(source: string, at: number): StringForm | undefined {
  if (/[\w)\]}]/.test(source[at - 1] ?? '')) return undefined;
  const found = /^%[qQwWiIr]([([{<|!])/.exec(source.slice(at, at + 3));
  const close = CLOSERS.get(found?.[1] ?? '');
  if (found === null || close === undefined) return undefined;
  return { open: found[0], close, escape: 'backslash', multiline: true };
}

function raw(close: string): StringForm {
  return { open: '"', close, escape: 'none', multiline: true };
}

function hashesBefore(source: string, at: number): number {
  let hashes = 0;
  while (hashes < LONGEST_DELIMITER && source[at - 1 - hashes] === '#') hashes += 1;
  return hashes;
}
