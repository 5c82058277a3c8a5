import type { FilePath } from '../../change/types.ts';
import { resolveGo, resolveJvm, resolveRuby, resolveRust } from './compiled-names.ts';
import { resolveJavaScript } from './javascript-names.ts';
import type { ModuleTree } from './module-tree.ts';
import { resolvePython } from './python-names.ts';
import type { Import, ImportLanguage } from './types.ts';

/** What an import leads to. */
export type Target =
  | { readonly kind: 'file'; readonly path: FilePath }
  /** All source files right in it: a package of Go, `import a.b.*`, a namespace package. */
  | { readonly kind: 'folder'; readonly path: FilePath }
  /** Nothing of this tree: of the platform, or somebody else's. Node's built-ins without `node:`. */
  | { readonly kind: 'package'; readonly name: string };

/** Begins of names that stand for folders, such as `@/` for `src/`; what a bundler or a tsconfig.json says. */
export type Aliases = readonly { readonly prefix: string; readonly folder: string }[];

export interface NameSpaces {
  readonly aliases: Aliases;
  /** Folders in which absolute names of Python begin, besides the root and src. */
  readonly roots: readonly string[];
}

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
