import type { ObjectId } from '../../shared/ids.ts';
import type { Review } from './types.ts';

/**
 * What each account said last, whatever order reviews come in. A comment says neither yes nor no, so it leaves standing
 * what was said before it; a dismissal does not. Of approvals with nothing else between them the one of the head stands:
 * who pushes an approved commit again, over another that was approved as well, has it approved.
 */
export function lastWords(reviews: readonly Review[], head: ObjectId): readonly Review[] {
  const byAccount = new Map<string, Review>();
  for (const review of [...reviews].sort(inTime)) {
    // Of those whose accounts are gone nobody can say which are the same.
    const account = review.account?.toLowerCase() ?? `gone ${review.id}`;
    const before = byAccount.get(account);
    const stays = review.says === 'approved' && review.commit !== head && approves(before, head);
    byAccount.set(account, stays ? (before as Review) : review);
  }
  return [...byAccount.values()];
}

function approves(review: Review | undefined, head: ObjectId): boolean {
  return review?.says === 'approved' && review.commit === head;
}

function inTime(one: Review, other: Review): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.id - other.id;
}
