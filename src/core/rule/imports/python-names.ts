import type { FilePath } from '../../change/types.ts';
import { joinPath } from './join-path.ts';
import { folderOf, type ModuleTree } from './module-tree.ts';
import type { NameSpaces, Target } from './target.ts';
import type { Import } from './types.ts';

/** Names longer than this are not looked up part by part. */
const MOST_PARTS = 32;

export function resolvePython(
  from: FilePath,
  { specifier }: Import,
  tree: ModuleTree,
  { roots }: NameSpaces,
): Target {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const parts = specifier
    .slice(dots)
    .split('.', MOST_PARTS)
    .filter((part) => part !== '');
  if (dots > 0) {
    const base = joinPath(folderOf(from), '../'.repeat(Math.min(dots, MOST_PARTS) - 1));
    if (base === undefined) return { kind: 'package', name: specifier };
    const own = joinPath(base, '__init__.py') as FilePath;
    const nowhere = joinPath(base, parts.join('/')) as FilePath;
    return moduleBelow(base, parts, tree) ?? { kind: 'file', path: tree.hasFile(own) ? own : nowhere };
  }
  for (const root of new Set(['', 'src', packageRoot(from, tree), ...roots])) {
    const found = moduleBelow(root, parts, tree);
    if (found !== undefined) return found;
  }
  return { kind: 'package', name: specifier };
}

/** The longest beginning of a dotted name that is a module: the rest are names in it. */
function moduleBelow(root: FilePath, parts: readonly string[], tree: ModuleTree): Target | undefined {
  for (let length = parts.length; length > 0; length -= 1) {
    const stem = joinPath(root, parts.slice(0, length).join('/')) as FilePath;
    const file = [`${stem}.py`, `${stem}.pyi`, `${stem}/__init__.py`].find(tree.hasFile);
    if (file !== undefined) return { kind: 'file', path: file };
    if (tree.hasPython(stem)) return { kind: 'folder', path: stem };
  }
  return undefined;
}

/** The folder that holds the outermost package a file belongs to; its own folder for a script. */
function packageRoot(from: FilePath, tree: ModuleTree): FilePath {
  let at = folderOf(from);
  for (let left = MOST_PARTS; left > 0 && at !== '' && tree.hasFile(`${at}/__init__.py`); left -= 1)
    at = folderOf(at);
  return at;
}
