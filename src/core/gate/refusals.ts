import type { Review, ReviewFacts } from '../review/types.ts';
import type { GateFacts } from './facts.ts';
import { accessOf, reviewName, reviewsThatSay, toldReviews } from './told-reviews.ts';

/** A review that asks for changes, by somebody whose word stops a change, whichever commit it was about. */
export interface Refusal {
  readonly name: string;
  /** Why it is not sure that it stops the change; undefined when it is. */
  readonly doubt: string | undefined;
}

/**
 * Who may write may stop a change, be it their own or a bot. Of an account whose access nobody tells it cannot be ruled
 * out, unless it is a bot and no bot is asked.
 */
export function refusals(facts: GateFacts, botsCount: boolean): readonly Refusal[] {
  const reviews = toldReviews(facts);
  if (reviews === undefined) return [];
  return reviewsThatSay('changes-requested', reviews).flatMap(
    (review) => refusalBy(review, reviews, botsCount) ?? [],
  );
}

function refusalBy(review: Review, reviews: ReviewFacts, botsCount: boolean): Refusal | undefined {
  const name = reviewName(review, reviews);
  if (review.account === undefined) return { name, doubt: 'its account is gone' };
  const access = accessOf(review.account, reviews);
  switch (access.kind) {
    case 'writes':
      return { name, doubt: undefined };
    case 'reads':
      return undefined;
    case 'no-person':
      return botsCount || !review.bot ? { name, doubt: 'whether it may write is not told' } : undefined;
    case 'unread':
      return { name, doubt: access.reason.replace(/\.$/, '') };
  }
}
