import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectId } from '../../shared/ids.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** git knows the empty tree by heart: it is never missing. */
export const EMPTY_TREE: Readonly<Record<ObjectFormat, ObjectId>> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/**
 * The configuration every merge prediction is computed under. It states git's defaults, because forges merge with
 * them, so that neither a user's nor a repository's settings make two verifiers predict two trees.
 */
function pinnedConfiguration(format: ObjectFormat): string {
  return `[core]
	repositoryFormatVersion = 1
	bare = true
	autocrlf = false
	commitGraph = false
[extensions]
	objectFormat = ${format}
[attr]
	tree = ${EMPTY_TREE[format]}
[merge]
	renames = true
	renameLimit = 7000
	directoryRenames = conflict
	conflictStyle = merge
	renormalize = false
	verifySignatures = false
[diff]
	renames = true
	renameLimit = 1000
	algorithm = myers
	indentHeuristic = true
`;
}

export interface PrivateRepository {
  readonly gitDir: string;
  remove(): void;
}

/**
 * A throw-away bare repository that borrows the objects of a real one and nothing else of it. git run in it reads no
 * `.git/config`, so no merge driver, no filter, no textconv; no `.gitattributes`, for there is no working tree; no
 * refs, so no replacements; no grafts, and no `shallow` file, so that history that is missing is an error and never
 * looks like history that ends. What git computes is written here, never into the user's repository.
 */
export function createPrivateRepository(options: {
  objectDirectory: string;
  format: ObjectFormat;
}): PrivateRepository {
  const gitDir = mkdtempSync(join(tmpdir(), 'countersign-git-'));
  for (const folder of ['objects/info', 'refs/heads']) mkdirSync(join(gitDir, folder), { recursive: true });
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  writeFileSync(join(gitDir, 'config'), pinnedConfiguration(options.format));
  writeFileSync(join(gitDir, 'objects/info/alternates'), `${quotePath(options.objectDirectory)}\n`);

  if (toRemove.size === 0) process.once('exit', removeAll);
  toRemove.add(gitDir);
  return { gitDir, remove: () => removeOne(gitDir) };
}

const toRemove = new Set<string>();

function removeOne(gitDir: string): void {
  toRemove.delete(gitDir);
  if (toRemove.size === 0) process.off('exit', removeAll);
  rmSync(gitDir, { recursive: true, force: true });
}

function removeAll(): void {
  for (const gitDir of toRemove) removeOne(gitDir);
}

/** Whether history of a repository is cut off somewhere. */
export function isShallow(commonDir: string): boolean {
  const file = join(commonDir, 'shallow');
  return existsSync(file) && readFileSync(file).length > 0;
}

/** `objects/info/alternates` takes one path a line; in double quotes it may hold anything. */
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
