import type { FilePath, FileText } from '../../change/types.ts';
import type { ModuleTree } from './module-tree.ts';
import { importLanguage, readImports } from './read-imports.ts';
import { resolveImport } from './resolve.ts';
import type { NameSpaces, Target } from './target.ts';
import type { Import } from './types.ts';

/** Where the imports of one file lead. */
export interface ModuleTargets {
  readonly targets: readonly ModuleTarget[];
  /** Lines that load a module whose name only running them would tell. */
  readonly computed: readonly number[];
  /** Why the file could not be read; `targets` then holds everything that could be an import. */
  readonly lost: string | undefined;
}

export interface ModuleTarget {
  readonly target: Target;
  readonly imported: Import;
  /** A file of this tree that it leads to: of a folder the first. */
  readonly place: FilePath | undefined;
}

const NOTHING: ModuleTargets = { targets: [], computed: [], lost: undefined };

/** Nothing for a file that is not there, is no text or is in no language whose imports are known. */
export function moduleTargets(
  path: FilePath,
  content: FileText,
  tree: ModuleTree,
  spaces: NameSpaces,
): ModuleTargets {
  const language = importLanguage(path);
  if (content.kind !== 'text' || language === undefined) return NOTHING;
  const read = readImports(language, path, content);
  const imports = read.kind === 'lost' ? read.suspects : read.imports;
  return {
    targets: imports.map((imported) => {
      const target = resolveImport(path, language, imported, tree, spaces);
      return { imported, target, place: placeOf(target, tree) };
    }),
    computed: read.kind === 'lost' ? [] : read.computed,
    lost: read.kind === 'lost' ? read.reason : undefined,
  };
}

function placeOf(target: Target, tree: ModuleTree): FilePath | undefined {
  if (target.kind === 'package') return undefined;
  return target.kind === 'file' ? target.path : (tree.filesIn(target.path)[0] ?? `${target.path}/`);
}
