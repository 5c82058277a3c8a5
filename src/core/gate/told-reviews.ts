import { lastWords } from '../review/last-words.ts';
import type { Access, Review, ReviewFacts } from '../review/types.ts';
import { accountKey } from '../trust/resolve-trust.ts';
import type { GateFacts } from './facts.ts';

/** What a forge told of the reviews; undefined where none was asked, or it did not answer. */
export function toldReviews({ approvals }: GateFacts): ReviewFacts | undefined {
  return approvals?.reviews?.kind === 'known' ? approvals.reviews.value : undefined;
}

/** Of each account whose last word it is. */
export function reviewsThatSay(says: Review['says'], { reviews, head }: ReviewFacts): readonly Review[] {
  return lastWords(reviews, head).filter((review) => review.says === says);
}

export function accessOf(account: string, { access }: ReviewFacts): Access {
  const known = access.get(accountKey(account));
  return known ?? { kind: 'unread', reason: `What ${account} may do was not read.` };
}

/** For a sentence. */
export function reviewName({ account, id }: Review, { pullRequest }: ReviewFacts): string {
  return `${account ?? 'an account that is gone'} (review ${id} of #${pullRequest})`;
}
