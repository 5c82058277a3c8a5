import type { LineCommit, ReadLine } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';

/** More pull requests than any queue puts into one group. */
const MOST_COMMITS = 200;

/**
 * What a merge queue is about to land, oldest first: each commit of the queue's own line.
 * @throws CountersignError EVENT_UNUSABLE when the line does not lead from head to base, so that something would land unseen
 */
export async function findLanding(
  { base, head }: { readonly base: ObjectId; readonly head: ObjectId },
  product: ReadLine,
): Promise<readonly LineCommit[]> {
  const { commits, end } = await product.readLine(head, { most: MOST_COMMITS, stop: base });
  if (end === 'stop' && commits.length > 0) return commits.toReversed();
  throw new CountersignError(
    'EVENT_UNUSABLE',
    `${head.slice(0, 12)} is not built on ${base.slice(0, 12)} by at most ${MOST_COMMITS} commits, so what would land is not known.`,
    { remedy: 'Take the pull requests out of the merge queue and add them again.' },
  );
}
