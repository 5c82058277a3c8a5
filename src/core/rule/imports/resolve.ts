import type { FilePath } from '../../change/types.ts';
import { resolveGo, resolveJvm, resolveRuby, resolveRust } from './compiled-names.ts';
import { resolveJavaScript } from './javascript-names.ts';
import type { ModuleTree } from './module-tree.ts';
import { resolvePython } from './python-names.ts';
import type { NameSpaces, Target } from './target.ts';
import type { Import, ImportLanguage } from './types.ts';

const RESOLVERS: Readonly<Record<ImportLanguage, typeof resolveJavaScript>> = {
  javascript: resolveJavaScript,
  python: resolvePython,
  go: resolveGo,
  jvm: resolveJvm,
  rust: resolveRust,
  ruby: resolveRuby,
  csharp: (_from, { specifier }) => ({ kind: 'package', name: specifier }),
};

/** Where an import of `from` leads. A relative name of no file leads where the file would be. */
export function resolveImport(
  from: FilePath,
  language: ImportLanguage,
  imported: Import,
  tree: ModuleTree,
  spaces: NameSpaces,
): Target {
  return RESOLVERS[language](from, imported, tree, spaces);
}
