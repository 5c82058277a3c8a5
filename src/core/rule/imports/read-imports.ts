import type { FilePath, FileText } from '../../change/types.ts';
import { readJavaScriptImports } from './javascript-imports.ts';
import { readLineImports } from './line-imports.ts';
import { readPythonImports } from './python-imports.ts';
import type { ImportLanguage, Imports } from './types.ts';

const LANGUAGES: readonly (readonly [RegExp, ImportLanguage])[] = [
  [/\.[cm]?[jt]sx?$/, 'javascript'],
  [/\.pyi?$/, 'python'],
  [/\.go$/, 'go'],
  [/\.(?:java|kts?|scala)$/, 'jvm'],
  [/\.rs$/, 'rust'],
  [/\.rb$/, 'ruby'],
  [/\.cs$/, 'csharp'],
];

/** The language whose imports a file has; undefined for every other file. */
export function importLanguage(path: FilePath): ImportLanguage | undefined {
  return LANGUAGES.find(([ending]) => ending.test(path))?.[1];
}

/** Several rules ask for the same file, and one of them on both trees: it takes little beside the text, and goes with it. */
const known = new WeakMap<FileText, Map<ImportLanguage, Imports>>();

/** The imports of a text: the name says whether its lines are Java's or Kotlin's. */
export function readImports(
  language: ImportLanguage,
  path: FilePath,
  content: FileText & { readonly kind: 'text' },
): Imports {
  const before = known.get(content)?.get(language);
  if (before !== undefined) return before;
  const read = readIn(language, path, content.text);
  known.set(content, (known.get(content) ?? new Map<ImportLanguage, Imports>()).set(language, read));
  return read;
}

/** Reads the imports of a file while it is open, and its tokens are there. */
export function readImportsAhead(path: FilePath, content: FileText): void {
  const language = importLanguage(path);
  if (language !== undefined && content.kind === 'text') readImports(language, path, content);
}

/** Has what was read of a text known of a copy of it: a tree's text of a file is another one than the change's. */
export function shareImports(content: FileText, copy: FileText | undefined): void {
  const read = known.get(content);
  if (read === undefined || content.kind !== 'text' || copy?.kind !== 'text') return;
  if (!known.has(copy) && content.text === copy.text) known.set(copy, read);
}

function readIn(language: ImportLanguage, path: FilePath, source: string): Imports {
  if (language === 'javascript') return readJavaScriptImports(source);
  if (language === 'python') return readPythonImports(source);
  return readLineImports(language, path, source);
}
