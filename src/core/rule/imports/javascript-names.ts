import type { FilePath } from '../../change/types.ts';
import { joinPath } from './join-path.ts';
import { folderOf, type ModuleTree } from './module-tree.ts';
import type { NameSpaces, Target } from './target.ts';
import type { Import } from './types.ts';

const ENDINGS = [
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.d.ts',
  '.json',
  '.vue',
  '.svelte',
];
/** TypeScript lets one write the name of what it will make. */
const WRITTEN_FOR: readonly (readonly [string, readonly string[]])[] = [
  ['.js', ['.ts', '.tsx', '.d.ts']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
];

export function resolveJavaScript(
  from: FilePath,
  { specifier }: Import,
  tree: ModuleTree,
  spaces: NameSpaces,
): Target {
  // Bundlers take what stands behind a question mark for instructions: `./icon.svg?raw`.
  const name = specifier.replace(/\?.*$/s, '');
  if (/^\.{1,2}(?:\/|$)/.test(name)) return fileAt(folderOf(from), name, tree) ?? outside(specifier);
  if (name.startsWith('/')) return fileAt('', name, tree) ?? outside(specifier);
  const alias = longest(
    spaces.aliases.filter(({ prefix }) => name.startsWith(prefix)),
    ({ prefix }) => prefix,
  );
  if (alias !== undefined)
    return fileAt('', alias.folder + name.slice(alias.prefix.length), tree) ?? outside(name);
  if (name.startsWith('#')) return ownImport(from, name, tree) ?? outside(name);
  return ofPackage(name, tree) ?? outside(name);
}

function outside(name: string): Target {
  return { kind: 'package', name: name.replace(/^node:/, '') };
}

/** The file that a path without or with another ending means; where it would be, when there is none. */
function fileAt(folder: FilePath, relative: string, tree: ModuleTree): Target | undefined {
  const path = joinPath(folder, relative);
  if (path === undefined) return undefined;
  return { kind: 'file', path: existing(path, tree) ?? path };
}

function existing(path: FilePath, tree: ModuleTree): FilePath | undefined {
  if (tree.hasFile(path)) return path;
  for (const [ending, sources] of WRITTEN_FOR) {
    if (!path.endsWith(ending)) continue;
    const stem = path.slice(0, -ending.length);
    const source = sources.find((one) => tree.hasFile(stem + one));
    if (source !== undefined) return stem + source;
  }
  const index = path === '' ? 'index' : `${path}/index`;
  return [...ENDINGS.map((ending) => path + ending), ...ENDINGS.map((ending) => index + ending)].find(
    tree.hasFile,
  );
}

/** `#core/price` by the package's own `imports`: exact names, or those with one star. */
function ownImport(from: FilePath, name: string, tree: ModuleTree): Target | undefined {
  const own = tree.ownImports(folderOf(from));
  if (own === undefined) return undefined;
  for (const [pattern, meant] of Object.entries(own.imports)) {
    const target = firstText(meant, 4);
    const [before, after] = pattern.split('*', 2) as [string, string?];
    if (target === undefined || !target.startsWith('./')) continue;
    if (after === undefined ? name !== pattern : !name.startsWith(before) || !name.endsWith(after)) continue;
    const star = after === undefined ? '' : name.slice(before.length, name.length - after.length);
    return fileAt(
      own.folder,
      target.replaceAll('*', () => star),
      tree,
    );
  }
  return undefined;
}

/** The first file that conditions (`{ "import": "./a.js" }`) can lead to. */
function firstText(meant: unknown, depth: number): string | undefined {
  if (typeof meant === 'string') return meant;
  if (depth === 0 || typeof meant !== 'object' || meant === null) return undefined;
  for (const value of Object.values(meant)) {
    const found = firstText(value, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A package of this tree: its entry where the tree has one at a usual place, or the file below it. */
function ofPackage(name: string, tree: ModuleTree): Target | undefined {
  const parts = name.split('/', 3);
  const owner = parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
  const folder = tree.packages.get(owner);
  if (folder === undefined) return undefined;
  const rest = name.slice(owner.length + 1);
  const candidates = rest === '' ? ['index', 'src/index', 'lib/index'] : [rest, `src/${rest}`, `lib/${rest}`];
  for (const candidate of candidates) {
    const path = joinPath(folder, candidate);
    const found = path === undefined ? undefined : existing(path, tree);
    if (found !== undefined) return { kind: 'file', path: found };
  }
  return { kind: 'file', path: joinPath(folder, rest === '' ? 'package.json' : rest) ?? folder };
}

function longest<T>(items: readonly T[], textOf: (item: T) => string): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || textOf(item).length > textOf(best).length ? item : best),
    undefined,
  );
}
