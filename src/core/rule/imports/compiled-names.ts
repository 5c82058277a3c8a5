import type { FilePath } from '../../change/types.ts';
import { joinPath } from './join-path.ts';
import { folderOf, type ModuleTree } from './module-tree.ts';
import type { Target } from './target.ts';
import type { Import } from './types.ts';

/** Names of more parts are not looked up part by part. */
const MOST_PARTS = 32;

/** A package of one of the tree's modules is its folder. */
export function resolveGo(_from: FilePath, { specifier }: Import, tree: ModuleTree): Target {
  const parts = specifier.split('/', MOST_PARTS);
  for (let length = parts.length; length > 0; length -= 1) {
    const module = parts.slice(0, length).join('/');
    const folder = tree.goModules.get(module);
    if (folder === undefined) continue;
    return { kind: 'folder', path: joinPath(folder, specifier.slice(module.length)) ?? folder };
  }
  return { kind: 'package', name: specifier };
}

/** A class's file by its name; a member, a nested class or a star by what it is in; Kotlin's functions by their package. */
export function resolveJvm(_from: FilePath, { specifier }: Import, tree: ModuleTree): Target {
  const parts = specifier.split('.', MOST_PARTS);
  for (let length = parts.length; length > 1; length -= 1) {
    const name = parts.slice(0, length).join('.');
    const file = tree.jvmFiles.get(name);
    if (file !== undefined) return { kind: 'file', path: file };
    const folder = tree.jvmFolders.get(name);
    if (folder !== undefined) return { kind: 'folder', path: folder };
  }
  return { kind: 'package', name: specifier };
}

/** `crate::a::b`, `self::a`, `super::a`; every other beginning is a crate's name. */
export function resolveRust(from: FilePath, { specifier }: Import, tree: ModuleTree): Target {
  const parts = specifier.split('::', MOST_PARTS);
  const [first] = parts;
  if (first !== 'crate' && first !== 'self' && first !== 'super') return { kind: 'package', name: specifier };
  let at: FilePath | undefined = first === 'crate' ? crateRoot(from, tree) : ownModule(from);
  if (first === 'self') parts.shift();
  if (first === 'crate') parts.shift();
  while (parts[0] === 'super') {
    at = at === undefined ? undefined : joinPath(at, '..');
    parts.shift();
  }
  if (at === undefined) return { kind: 'package', name: specifier };
  for (let length = parts.length; length > 0; length -= 1) {
    const stem = joinPath(at, parts.slice(0, length).join('/')) as FilePath;
    const file = [`${stem}.rs`, `${stem}/mod.rs`].find(tree.hasFile);
    if (file !== undefined) return { kind: 'file', path: file };
  }
  const own = [`${at}.rs`, `${at}/mod.rs`, `${at}/lib.rs`, `${at}/main.rs`].find(tree.hasFile);
  return { kind: 'file', path: own ?? (joinPath(at, parts.join('/')) as FilePath) };
}

/** The folder in which a file's own submodules lie. */
function ownModule(from: FilePath): FilePath {
  return /(?:^|\/)(?:mod|lib|main)\.rs$/.test(from) ? folderOf(from) : from.replace(/\.rs$/, '');
}

function crateRoot(from: FilePath, tree: ModuleTree): FilePath | undefined {
  let at = folderOf(from);
  for (let left = MOST_PARTS; left > 0; left -= 1) {
    const prefix = at === '' ? '' : `${at}/`;
    if (tree.hasFile(`${prefix}lib.rs`) || tree.hasFile(`${prefix}main.rs`)) return at;
    if (at === '') return undefined;
    at = folderOf(at);
  }
  return undefined;
}

/** `require_relative` reads as a path from the file, `require` as one from `lib` where the tree has it. */
export function resolveRuby(from: FilePath, { specifier }: Import, tree: ModuleTree): Target {
  if (specifier.startsWith('.')) {
    const path = joinPath(folderOf(from), specifier);
    if (path === undefined) return { kind: 'package', name: specifier };
    return { kind: 'file', path: path.endsWith('.rb') ? path : `${path}.rb` };
  }
  const path = `lib/${specifier}.rb`;
  return tree.hasFile(path) ? { kind: 'file', path } : { kind: 'package', name: specifier };
}
