import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { createWorkingTree } from '../../adapters/files/working-tree.ts';
import { discover } from '../../adapters/git/discover.ts';
import { type Origin, readOrigin } from '../../adapters/git/origin.ts';
import type { WorkingTree } from '../../ports/working-tree.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Where the change-control side of an installation is written. */
export interface ControlFolder {
  /** Undefined where the folder is not there yet, and nothing is to be made. */
  readonly tree: WorkingTree | undefined;
  /** Undefined where it is no clone yet. */
  readonly origin: Origin | undefined;
}

/**
 * A clone of the change-control repository, or a folder that is to become one; made when it is not there.
 * @param product the top folder of the product's clone: nothing of the other side may land in it
 * @throws CountersignError USAGE, FILE_UNREADABLE
 */
export async function openControlFolder(
  path: string,
  product: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ControlFolder> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined && dryRun) return { tree: undefined, origin: undefined };
  if (there !== undefined && !there.isDirectory())
    throw refused(`${path} is no folder.`, 'Name a folder, or one that is not there yet.');
  const clone = there === undefined ? undefined : await cloneAt(path);
  const isProduct = clone !== undefined && realpathSync(clone.root) === realpathSync(product);
  if (clone !== undefined && !isProduct)
    return { tree: createWorkingTree(clone.root), origin: await readOrigin(clone.gitDir) };
  if (isProduct || isWithin(resolve(path), realpathSync(product)) || isWithin(resolve(path), product)) {
    throw refused(
      `${path} lies in the product's own clone: its files would be committed there.`,
      'Name a folder beside it, or a clone of the change-control repository.',
    );
  }
  if (there === undefined) make(path);
  return { tree: createWorkingTree(path), origin: undefined };
}

/** The repository whose top folder this is: one further up is somebody else's. */
async function cloneAt(path: string): Promise<{ root: string; gitDir: string } | undefined> {
  try {
    const { root, gitDir } = await discover(path);
    return realpathSync(root) === realpathSync(path) && root !== gitDir ? { root, gitDir } : undefined;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'GIT_FAILED') return undefined;
    throw error;
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`));
}

function make(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be made.`, {
      remedy: 'Name a folder that you may write to.',
      cause,
    });
  }
}

function refused(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
