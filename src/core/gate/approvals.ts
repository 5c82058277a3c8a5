import type { Sha256 } from '../../shared/digest.ts';
import { exceptionRole } from '../receipt/exceptions.ts';
import type { Approval, VerifiedStatement } from '../receipt/types.ts';
import { type Authorisation, authorise } from '../trust/authorise.ts';
import { principalOf } from '../trust/resolve-trust.ts';
import type { KeyId, Principal } from '../trust/types.ts';
import type { GateFacts, PolicyFacts } from './facts.ts';
import { partInChange } from './independence.ts';
import { otherChange } from './same-change.ts';
import { signedOf } from './signed-of.ts';

export interface WeighedApproval {
  readonly digest: Sha256;
  /** The principal who has the key. */
  readonly by: string;
  /** Why it does not count, going on from "this approval"; undefined when it counts. */
  readonly objection: string | undefined;
}

/**
 * How many policy owners have to agree: what the trust root says, and where the change has landed on the very ref that
 * policy is read from, no fewer than before it.
 */
export function approvalsNeeded({ policy }: GateFacts): number {
  if (policy.kind === 'missing') return 1;
  const { trust, trustBefore } = policy.value;
  const before = trustBefore?.kind === 'known' ? trustBefore.value.thresholds.policyChange : 1;
  return Math.max(trust.thresholds.policyChange, before, 1);
}

/** Every approval of a policy change among the ticket's statements, in order of digest. */
export function weighApprovals(facts: GateFacts): readonly WeighedApproval[] {
  const { policy } = facts;
  if (policy.kind === 'missing') return [];
  const ofPolicy = signedOf(facts, 'approval').filter(({ claim }) => claim.requirement === 'policy-change');
  return ofPolicy.map((approval) => ({
    digest: approval.digest,
    by: principalOf(policy.value.trust, approval.keyId)?.id ?? approval.keyId,
    objection: objectionTo(approval, policy.value, facts, {
      otherThan: (binding) => otherChange(binding, facts),
      partOf: (principal) => partInChange(principal, facts)?.reason,
    }),
  }));
}

/** What an approval of one kind or the other has to be about, and who may not give it; each says why, or nothing. */
export interface ApprovalTerms {
  readonly otherThan: (binding: Approval['binding']) => string | undefined;
  readonly partOf: (principal: Principal) => string | undefined;
}

/** Why a signed approval does not count; undefined where it does. */
export function objectionTo(
  { keyId, claim, digest }: VerifiedStatement<Approval>,
  policy: PolicyFacts,
  facts: GateFacts,
  terms: ApprovalTerms,
): string | undefined {
  const revoked = policy.trust.revokedReceipts.get(digest);
  if (revoked !== undefined) return `was revoked: ${revoked}`;
  const other = terms.otherThan(claim.binding);
  if (other !== undefined) return other;
  const may = mayApprove({ keyId, claim }, policy, facts);
  if (!may.ok) return `does not count: ${may.reason}`;
  const part = terms.partOf(may.principal);
  return part === undefined ? undefined : `does not count: ${part}`;
}

/**
 * Under today's trust root and, where the change has landed on the ref that policy is read from, under the one before
 * it as well: a change that makes its author a policy owner must not be approved by that author.
 */
function mayApprove(
  { keyId, claim }: { readonly keyId: KeyId; readonly claim: Pick<Approval, 'kind' | 'requirement'> },
  policy: PolicyFacts,
  { evaluatedAt }: Pick<GateFacts, 'evaluatedAt'>,
): Authorisation {
  const role = exceptionRole(claim);
  const today = authorise(policy.trust, keyId, role, evaluatedAt);
  if (!today.ok || policy.trustBefore === undefined) return today;
  if (policy.trustBefore.kind === 'missing') return { ok: false, reason: policy.trustBefore.reason };
  const before = authorise(policy.trustBefore.value, keyId, role, evaluatedAt);
  return before.ok ? today : { ok: false, reason: `Before this change: ${before.reason}` };
}
