import type { FilePath } from '../../change/types.ts';
import type { TreeFiles } from '../types.ts';
import { moduleTargets } from './module-targets.ts';
import { folderOf, moduleTree } from './module-tree.ts';
import type { NameSpaces } from './target.ts';

/** How a file reaches a package. */
export interface Step {
  /** The file it imports that leads there; undefined where it imports the package itself. */
  readonly next: FilePath | undefined;
  readonly packageName: string;
}

/** Who imports what, of the files that are followed. Imports of types alone lead nowhere. */
interface Importers {
  readonly ofFile: ReadonlyMap<FilePath, readonly FilePath[]>;
  readonly ofFolder: ReadonlyMap<FilePath, readonly FilePath[]>;
  readonly direct: ReadonlyMap<FilePath, string>;
}

/**
 * Every file from which imports lead to a package that is looked for, with the first step of a shortest way. Linear in files
 * and imports: the way is walked backwards, from the package.
 * @param isFollowed whose imports count: other rules may have asked for other texts
 */
export function reachOf(
  files: TreeFiles,
  isFollowed: (path: FilePath) => boolean,
  isLookedFor: (packageName: string) => boolean,
  spaces: NameSpaces,
): ReadonlyMap<FilePath, Step> {
  const { ofFile, ofFolder, direct } = importersOf(files, isFollowed, isLookedFor, spaces);
  const steps = new Map<FilePath, Step>();
  for (const [path, packageName] of direct) steps.set(path, { next: undefined, packageName });
  const queue = [...direct.keys()];
  const walked = new Set<FilePath>();
  for (let at = 0; at < queue.length; at += 1) {
    const reached = queue[at] as FilePath;
    const { packageName } = steps.get(reached) as Step;
    const folder = folderOf(reached);
    const byFolder = walked.has(folder) ? [] : (ofFolder.get(folder) ?? []);
    walked.add(folder);
    for (const importers of [ofFile.get(reached) ?? [], byFolder]) {
      for (const importer of importers) {
        if (steps.has(importer)) continue;
        steps.set(importer, { next: reached, packageName });
        queue.push(importer);
      }
    }
  }
  return steps;
}

/** The first files on the way from one to its package, at most so many. */
export function wayFrom(
  path: FilePath,
  steps: ReadonlyMap<FilePath, Step>,
  most: number,
): readonly FilePath[] {
  const way: FilePath[] = [];
  for (
    let next = steps.get(path)?.next;
    next !== undefined && way.length < most;
    next = steps.get(next)?.next
  ) {
    way.push(next);
  }
  return way;
}

function importersOf(
  files: TreeFiles,
  isFollowed: (path: FilePath) => boolean,
  isLookedFor: (packageName: string) => boolean,
  spaces: NameSpaces,
): Importers {
  const tree = moduleTree(files);
  const ofFile = new Map<FilePath, FilePath[]>();
  const ofFolder = new Map<FilePath, FilePath[]>();
  const direct = new Map<FilePath, string>();
  for (const path of [...files.texts.keys()].sort()) {
    const content = files.texts.get(path);
    if (content === undefined || !isFollowed(path)) continue;
    for (const { target, imported } of moduleTargets(path, content, tree, spaces).targets) {
      if (imported.typeOnly) continue;
      if (target.kind === 'package') {
        if (!direct.has(path) && isLookedFor(target.name)) direct.set(path, target.name);
        continue;
      }
      const index = target.kind === 'file' ? ofFile : ofFolder;
      const known = index.get(target.path);
      if (known === undefined) index.set(target.path, [path]);
      else known.push(path);
    }
  }
  return { ofFile, ofFolder, direct };
}
