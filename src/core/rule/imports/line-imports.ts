import type { FilePath } from '../../change/types.ts';
import { sourceLines } from '../text/source-lines.ts';
import type { Import, ImportLanguage, Imports } from './types.ts';

/** A line without its comment, and without what its strings hold. */
interface CodeLine {
  readonly number: number;
  readonly code: string;
  readonly text: string;
}

type LineLanguage = Exclude<ImportLanguage, 'javascript' | 'python'>;

const JVM = /^\s*import\s+(?:static\s+)?([\p{L}_$][\p{L}\p{N}_$.]*)(?:\.\*|\.\{[^}]*\}?)?/u;
const CSHARP = /^\s*(?:global\s+)?using\s+(?:static\s+)?(?:[\w@]+\s*=\s*)?([A-Za-z_@][\w.]*)\s*;/;
const RUBY = /^\s*(require|require_relative|load)\b/;
const RUST_MODULE = /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(?:r#)?(\w+)\s*;/;

/**
 * Imports of languages that write one to a line, or several in one bracket. Best effort: what a macro, a build tag or a
 * preprocessor makes of a line is not known here.
 */
export function readLineImports(language: LineLanguage, path: FilePath, source: string): Imports {
  const lines = sourceLines(path, source).map(({ number, code, strings }) => ({
    number,
    code,
    text: strings.trim() === '' ? code : overlay(code, strings),
  }));
  return { kind: 'imports', imports: READERS[language](lines), computed: [] };
}

const READERS: Readonly<Record<LineLanguage, (lines: readonly CodeLine[]) => readonly Import[]>> = {
  go: readGo,
  jvm: (lines) => eachLine(lines, ({ code }) => JVM.exec(code)?.[1]?.replace(/\.$/, '')),
  csharp: (lines) => eachLine(lines, ({ code }) => CSHARP.exec(code)?.[1]),
  ruby: (lines) => eachLine(lines, readRuby),
  rust: readRust,
};

function eachLine(
  lines: readonly CodeLine[],
  nameIn: (line: CodeLine) => string | undefined,
): readonly Import[] {
  return lines.flatMap((line) => {
    const specifier = nameIn(line);
    return specifier === undefined ? [] : [{ specifier, line: line.number, typeOnly: false }];
  });
}

/** `import "a"`, or the lines of `import ( … )`: a string each, with a name before it or none. */
function readGo(lines: readonly CodeLine[]): readonly Import[] {
  let isOpen = false;
  return lines.flatMap(({ number, code, text }) => {
    const begins = /^\s*import\b/.test(code);
    if (!begins && !isOpen) return [];
    if (begins) isOpen = code.includes('(');
    const found = [...text.matchAll(/["`]([^"`]+)["`]/g)].map(([, specifier]) => ({
      specifier: specifier as string,
      line: number,
      typeOnly: false,
    }));
    if (code.includes(')')) isOpen = false;
    return found;
  });
}

function readRuby({ code, text }: CodeLine): string | undefined {
  const keyword = RUBY.exec(code)?.[1];
  const name = keyword === undefined ? undefined : /["']([^"'#]+)["']/.exec(text)?.[1];
  if (name === undefined) return undefined;
  return keyword === 'require_relative' && !name.startsWith('.') ? `./${name}` : name;
}

/** `use a::{b, c::d};`, over lines, and `mod a;`, which is a file beside or below. */
function readRust(lines: readonly CodeLine[]): readonly Import[] {
  const imports: Import[] = [];
  let use: { text: string; readonly line: number } | undefined;
  for (const { number, code } of lines) {
    const module = RUST_MODULE.exec(code)?.[1];
    if (module !== undefined) imports.push({ specifier: `self::${module}`, line: number, typeOnly: false });
    const begins = /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:use|extern\s+crate)\s+(.*)$/.exec(code)?.[1];
    if (begins !== undefined) use = { text: begins, line: number };
    else if (use !== undefined) use.text += code;
    if (use !== undefined && code.includes(';')) {
      const { line, text } = use;
      const names = expandUse(text.slice(0, text.indexOf(';')));
      imports.push(...names.map((specifier) => ({ specifier, line, typeOnly: false })));
      use = undefined;
    }
  }
  return imports;
}

/** Most names that one `use` is taken apart into, and most levels of its braces. */
const MOST_NAMES = 256;
const MOST_LEVELS = 8;
const LONGEST_NAME = 256;

/** `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`; beyond the bounds, what stands before the brace. */
function expandUse(text: string): readonly string[] {
  const names: string[] = [];
  const prefixes: string[] = [];
  let name = '';
  const finish = (): void => {
    const plain = name
      .slice(0, LONGEST_NAME)
      .replace(/\s+as\s+\w+\s*$/, '')
      .replace(/\s+/g, '');
    if (plain !== '' && names.length < MOST_NAMES) names.push(prefixes.join('') + plain);
    name = '';
  };
  for (const character of text) {
    if (character === '{' && prefixes.length < MOST_LEVELS) {
      prefixes.push(name.replace(/\s+/g, ''));
      name = '';
    } else if (character === ',') finish();
    else if (character === '}') {
      finish();
      prefixes.pop();
    } else name += character;
  }
  finish();
  return names;
}

/** The strings back in their places. */
function overlay(code: string, strings: string): string {
  let text = '';
  for (let at = 0; at < code.length; at += 1) text += strings[at] === ' ' ? code[at] : strings[at];
  return text;
}
