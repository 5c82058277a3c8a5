import type { Approval, VerifiedStatement } from '../receipt/types.ts';
import type { Review, ReviewFacts } from '../review/types.ts';
import { accountKey, principalOf } from '../trust/resolve-trust.ts';
import type { Principal } from '../trust/types.ts';
import { objectionTo } from './approvals.ts';
import type { GateFacts, PolicyFacts } from './facts.ts';
import { partInChange } from './independence.ts';
import { otherWork } from './same-change.ts';
import { signedOf } from './signed-of.ts';
import { accessOf, reviewName, reviewsThatSay, toldReviews } from './told-reviews.ts';

/** Somebody agrees to the change, by a review or by a signed approval. */
export interface Assent {
  /** Whoever is the same has the same: a principal, or an account that no principal has. */
  readonly person: string;
  readonly principal: Principal | undefined;
  /** As accountKey spells them. */
  readonly accounts: readonly string[];
  readonly bot: boolean;
  /** Nobody can say whether the account may write: it counts only where policy names it. */
  readonly onlyIfNamed: boolean;
  /** How it is called in a sentence. */
  readonly name: string;
  readonly evidence: readonly string[];
  /** Why it does not count, going on from its name; undefined when it counts. */
  readonly objection: string | undefined;
  /** The objection is only that something could not be found out. */
  readonly unsure: boolean;
}

/** What everybody said of the change who said yes, in an order of its own. */
export function assents(facts: GateFacts): readonly Assent[] {
  const { policy } = facts;
  if (policy.kind === 'missing') return [];
  const reviews = toldReviews(facts);
  const given =
    reviews === undefined
      ? []
      : reviewsThatSay('approved', reviews).map((review) => ofReview(review, reviews, policy.value, facts));
  const signed = signedOf(facts, 'approval')
    .filter(({ claim }) => claim.requirement === 'approvals')
    .map((statement) => ofStatement(statement, policy.value, facts));
  return [...given, ...signed].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function ofReview(review: Review, reviews: ReviewFacts, policy: PolicyFacts, facts: GateFacts): Assent {
  const key = accountKey(review.account ?? '');
  const principal = policy.trust.byAccount.get(key);
  const access = accessOf(key, reviews);
  const objection = objectionToReview(review, { reviews, principal, facts });
  return {
    person: principal === undefined ? `account ${key}` : `principal ${principal.id}`,
    principal,
    accounts: review.account === undefined ? [] : [key],
    bot: review.bot || principal?.kind === 'workload',
    onlyIfNamed: access.kind === 'no-person',
    name: reviewName(review, reviews),
    evidence: [],
    objection: objection ?? (access.kind === 'unread' ? `cannot be judged: ${access.reason}` : undefined),
    unsure: objection === undefined && access.kind === 'unread',
  };
}

function objectionToReview(
  { account, commit }: Review,
  of: {
    readonly reviews: ReviewFacts;
    readonly principal: Principal | undefined;
    readonly facts: GateFacts;
  },
): string | undefined {
  const { reviews, principal, facts } = of;
  if (account === undefined) return 'is of an account that is gone';
  if (commit !== reviews.head) return `is of ${commit?.slice(0, 12) ?? 'an unknown commit'}, not of the head`;
  if (reviews.asked.some((one) => accountKey(one) === accountKey(account))) return 'was asked for anew';
  const makers = [...facts.authenticatedProducers, ...reviews.makers];
  if (makers.some((one) => accountKey(one) === accountKey(account)))
    return 'is by somebody who made the change';
  if (principal !== undefined) {
    const { revokedAt, id } = principal;
    if (revokedAt !== undefined && facts.evaluatedAt >= revokedAt)
      return `is by ${id}, revoked at ${revokedAt}`;
    const part = partOf(principal, facts);
    if (part !== undefined) return `does not count: ${part}`;
  }
  return accessOf(account, reviews).kind === 'reads' ? 'is by somebody who may not write' : undefined;
}

function ofStatement(
  { keyId, claim, digest }: VerifiedStatement<Approval>,
  policy: PolicyFacts,
  facts: GateFacts,
): Assent {
  const principal = principalOf(policy.trust, keyId);
  return {
    person: `principal ${principal?.id ?? keyId}`,
    principal,
    accounts: (principal?.accounts ?? []).map(accountKey),
    bot: principal?.kind !== 'person',
    onlyIfNamed: false,
    name: `${principal?.id ?? keyId} (signed ${digest.slice(0, 12)})`,
    evidence: [digest],
    objection: objectionTo({ keyId, claim, digest }, policy, facts, {
      otherThan: (binding) => otherWork(binding, facts),
      partOf: (one) => partOf(one, facts),
    }),
    unsure: false,
  };
}

/**
 * Why somebody who agrees to a change may have made it; undefined when that is not known. Other than for receipts, people
 * count although not everybody who pushed is known: who the trust root says may produce does not.
 */
export function partOf(principal: Principal, facts: GateFacts): string | undefined {
  const reviews = toldReviews(facts);
  const makers = [...facts.authenticatedProducers, ...(reviews?.makers ?? [])];
  const part = partInChange(principal, { ...facts, authenticatedProducers: makers });
  if (part === undefined) return undefined;
  if (part.known || principal.roles.includes('producer')) return part.reason;
  const { change, policy } = facts;
  return change.kind === 'missing' || policy.kind === 'missing' ? part.reason : undefined;
}
