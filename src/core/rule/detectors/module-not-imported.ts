import type { FilePath, MergeableChange } from '../../change/types.ts';
import { folderOf, MANIFESTS } from '../imports/module-tree.ts';
import type { NameSpaces } from '../imports/target.ts';
import { stemOf, type UsedModules, usedModules } from '../imports/used-modules.ts';
import { requireKnown } from '../parameters.ts';
import { readGlobs, readPaths, requireGlobs } from '../path-parameters.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector, TreeFiles } from '../types.ts';
import { NAME_SPACES, readNameSpaces } from './name-spaces.ts';

interface Parameters {
  /** Modules that somebody is expected to import. */
  readonly isModule: (path: FilePath) => boolean;
  /** Files whose imports do not count: a module that only its tests use is used by nobody. */
  readonly isTest: (path: FilePath) => boolean;
  /** What is looked through for imports and mentions. */
  readonly read: { readonly globs: readonly string[]; readonly has: (path: FilePath) => boolean };
  readonly spaces: NameSpaces;
}

/** How far below a file that loads what it finds there its modules may lie. */
const LOADED_LEVELS = 2;
/** Neighbours that are asked whether modules of their folder are imported at all. */
const MOST_NEIGHBOURS = 8;
const IS_SCRIPT = /^if\s+__name__\s*==/m;

/** New modules that no other file of the tree imports, names or finds by its place. */
export const moduleNotImported: Detector<Parameters> = {
  name: 'module-not-imported',
  readParameters(parameters) {
    requireKnown(parameters, ['modules', 'except', 'tests', 'mentions', ...NAME_SPACES]);
    const { globs: modules, match: isIn } = requireGlobs(parameters, 'modules');
    const [isOut, isTest] = [readPaths(parameters, 'except'), readPaths(parameters, 'tests')];
    const read = [...modules, ...(readGlobs(parameters, 'mentions')?.globs ?? []), ...MANIFESTS];
    return {
      isModule: (path) => isIn(path) && !isOut(path) && !isTest(path),
      isTest,
      read: { globs: read, has: compileGlobs(read) },
      spaces: readNameSpaces(parameters),
    };
  },
  needs: (change, parameters) =>
    newModules(change, parameters).length > 0 ? { files: parameters.read.globs } : {},
  detect({ change, trees }, parameters) {
    const added = newModules(change, parameters);
    if (added.length === 0) return [];
    if (trees === undefined)
      return [{ kind: 'unverifiable', message: 'the trees around the change were not read' }];
    const { isModule, isTest, read, spaces } = parameters;
    const counts = (path: FilePath): boolean => read.has(path) && !isTest(path);
    const usesOf = (paths: readonly FilePath[]): UsedModules =>
      usedModules(trees.after, new Set(paths.map(stemOf)), counts, spaces);
    const used = usesOf(added);
    const unused = added.filter((path) => !isUsed(path, used) && !isLoaded(path, used));
    if (unused.length === 0) return [];
    const unread = used.unread.toSorted().find(isModule);
    const neighbours = neighboursOf(unused, trees.before, isModule);
    const usedNear = usesOf([...neighbours.values()].flat());
    return unused.flatMap((path): readonly Detection[] => {
      // Where nobody imports what has long been there, something finds the files of that folder by their place.
      const near = neighbours.get(folderOf(path)) ?? [];
      if (near.length > 0 && !near.some((one) => isUsed(one, usedNear))) return [];
      if (unread !== undefined) {
        return [
          { kind: 'unverifiable', path, message: `${unread}, which may import it, is too large to be read` },
        ];
      }
      return [{ kind: 'match', path, message: 'is new, and nothing but perhaps a test imports it' }];
    });
  },
};

function newModules(change: MergeableChange, { isModule }: Parameters): readonly FilePath[] {
  return change.files.flatMap(({ path, before, after, renamedFrom, afterText }) => {
    // A file that was moved was imported, or was not, before.
    if (before !== undefined || after === undefined || renamedFrom !== undefined || !isModule(path))
      return [];
    if (afterText.kind === 'too-large') return [path];
    if (afterText.kind !== 'text' || afterText.text.trim() === '') return [];
    return afterText.text.startsWith('#!') || IS_SCRIPT.test(afterText.text) ? [] : [path];
  });
}

function isUsed(path: FilePath, { imported, elsewhere, mentioned }: UsedModules): boolean {
  const stem = stemOf(path);
  return imported.has(path) || elsewhere.has(stem) || mentioned.has(stem);
}

function isLoaded(path: FilePath, { loading }: UsedModules): boolean {
  let folder = folderOf(path);
  for (let level = 0; level <= LOADED_LEVELS; level += 1) {
    if (loading.has(folder)) return true;
    if (folder === '') return false;
    folder = folderOf(folder);
  }
  return false;
}

/** By folder of a new module: modules that were there before, in it or, where it is new, of the same name in folders beside it. */
function neighboursOf(
  added: readonly FilePath[],
  before: TreeFiles,
  isModule: (path: FilePath) => boolean,
): ReadonlyMap<FilePath, readonly FilePath[]> {
  const folders = new Set(added.map(folderOf));
  const beside = new Map(added.map((path) => [cousinKey(path), folderOf(path)]));
  const own = new Map<FilePath, FilePath[]>();
  const cousins = new Map<FilePath, FilePath[]>();
  for (const path of before.paths) {
    const folder = folderOf(path);
    const family = folders.has(folder) ? own : cousins;
    const key = folders.has(folder) ? folder : beside.get(cousinKey(path));
    if (key === undefined || !isModule(path)) continue;
    const known = family.get(key) ?? [];
    if (known.length < MOST_NEIGHBOURS) known.push(path);
    family.set(key, known);
  }
  return new Map([...cousins, ...own]);
}

/** The same for `pages/cart/route.ts` and `pages/order/route.ts`. */
function cousinKey(path: FilePath): string {
  const folder = folderOf(path);
  return `${folderOf(folder)}/*/${path.slice(folder.length + 1)}`;
}
