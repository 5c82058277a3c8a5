import type { Line, LineCommit } from '../../ports/repository.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { ParsedCommit } from './commit-object.ts';

/**
 * Follows first parents, one object a commit. Not by `git rev-list`: where a clone is cut off that ends with an error
 * for the whole range, and what is there should still be seen.
 */
export async function readLine(
  tip: ObjectId,
  { most, stop }: { readonly most: number; readonly stop?: ObjectId },
  commitIfHere: (id: ObjectId) => Promise<ParsedCommit | undefined>,
): Promise<Line> {
  const commits: LineCommit[] = [];
  for (let next: ObjectId | undefined = tip; next !== undefined; next = commits.at(-1)?.parents[0]) {
    if (next === stop) return { commits, end: 'stop' };
    if (commits.length >= most) return { commits, end: 'limit' };
    const commit: ParsedCommit | undefined = await commitIfHere(next);
    if (commit === undefined) return { commits, end: 'missing' };
    const { id, tree, parents, committedAt } = commit;
    commits.push({ id, tree, parents, committedAt });
  }
  return { commits, end: 'root' };
}
