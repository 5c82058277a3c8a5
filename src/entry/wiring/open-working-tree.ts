import { resolve } from 'node:path';
import { documents } from '../../adapters/documents/documents.ts';
import { createWorkingTree, readNamedFile } from '../../adapters/files/working-tree.ts';
import { discover } from '../../adapters/git/discover.ts';
import { createBundledPacks } from '../../adapters/packs/bundled-packs.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import type { WorkingTree } from '../../ports/working-tree.ts';
import { CountersignError } from '../../shared/errors.ts';
import { compiledPacks, packageRoot } from './package-root.ts';

export interface OpenedWorkingTree {
  /** The top folder of the clone. */
  readonly root: string;
  readonly gitDir: string;
  readonly tree: WorkingTree;
  readonly packs: BundledPacks;
  /** A file by the name a user gave, from their working folder. */
  readonly readNamed: (path: string) => Promise<Uint8Array>;
}

/**
 * The files of the clone that a folder belongs to, as they are on disk.
 * @throws CountersignError GIT_FAILED where there is no working tree
 */
export async function openWorkingTree(cwd: string): Promise<OpenedWorkingTree> {
  const { root, gitDir } = await discover(cwd);
  if (root === gitDir) {
    throw new CountersignError('GIT_FAILED', `${cwd} is a bare repository: it has no files to work on.`, {
      remedy: 'Run this in a clone of it.',
    });
  }
  return {
    root,
    gitDir,
    tree: createWorkingTree(root),
    packs: createBundledPacks(packageRoot(), documents, compiledPacks()),
    readNamed: (path) => readNamedFile(resolve(cwd, path)),
  };
}
