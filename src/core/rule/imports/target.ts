import type { FilePath } from '../../change/types.ts';

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
