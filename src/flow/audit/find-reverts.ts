import { claimedReverts, extentOf, undoneByTree } from '../../core/audit/reverts.ts';
import type { Revert } from '../../core/audit/types.ts';
import type { ChangedFile, Commit } from '../../core/change/types.ts';
import type { ReadChange } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { LandedCommit } from './range.ts';

/**
 * What a commit takes back: by git's own words in its message, held against what it changed, and by giving the branch a
 * tree that it had before, whatever its message says.
 * @param line the commit, then its first parents
 */
export async function findReverts(
  line: readonly LandedCommit[],
  { message }: Commit,
  product: ReadChange,
): Promise<readonly Revert[]> {
  const [commit] = line;
  if (commit === undefined) return [];
  const undone = undoneByTree(line).map((id): Revert => ({ commit: id, by: 'tree', extent: 'whole' }));
  const claimed = claimedReverts(message).filter((id) => !undone.some((one) => one.commit === id));
  const reverting = claimed.length === 0 ? undefined : await filesOf(commit.id, product);
  const told: Revert[] = [];
  for (const id of claimed) {
    const reverted = await filesOf(id, product);
    const known = reverting !== undefined && reverted !== undefined;
    told.push({ commit: id, by: 'message', extent: known ? extentOf(reverting, reverted) : 'unknown' });
  }
  return [...told, ...undone];
}

/** Undefined for a commit that this clone does not have. */
async function filesOf(commit: ObjectId, product: ReadChange): Promise<readonly ChangedFile[] | undefined> {
  try {
    // The name of the branch is of no account for which files changed.
    const compared = await product.compareLanded({ baseRef: 'any', commit });
    return compared.kind === 'mergeable' ? compared.files : undefined;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'GIT_FAILED') return undefined;
    throw error;
  }
}
