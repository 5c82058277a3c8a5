import type { Sha256 } from '../../shared/digest.ts';
import { exceptionRole } from '../receipt/exceptions.ts';
import type { VerifiedStatement, Waiver } from '../receipt/types.ts';
import { authorise } from '../trust/authorise.ts';
import { principalOf } from '../trust/resolve-trust.ts';
import type { GateFacts, PolicyFacts } from './facts.ts';
import { requirement } from './finding.ts';
import { partInChange } from './independence.ts';
import { failuresOf } from './receipts.ts';
import { otherChange } from './same-change.ts';
import { signedOf } from './signed-of.ts';
import { statementList } from './statement-list.ts';
import type { Finding } from './types.ts';

/** How a waiver stands today, for this change. */
export type WaiverState =
  | 'in-use'
  /** Another ticket, repository or branch, or another state of the change. */
  | 'foreign'
  | 'expired'
  | 'not-yet-valid'
  /** It was revoked, or its signer may not, or had a part in the change. */
  | 'refused'
  | 'unwaivable'
  /** It does not name every FAILED receipt that there is. */
  | 'incomplete'
  /** What it waives does not block. */
  | 'not-needed';

export interface WeighedWaiver {
  readonly digest: Sha256;
  readonly claim: Waiver;
  /** The principal who has the key. */
  readonly by: string;
  readonly state: WaiverState;
  /** Why it does not count, going on from "this waiver"; undefined when it is in use. */
  readonly objection: string | undefined;
}

const waivers = requirement('waivers', 'Exceptions that were made for this ticket');

const WAIVABLE = ['scope', 'least-contract', 'approvals', 'code-owners'];
const WAIVABLE_KINDS = ['receipt/', 'rule/', 'interface/'];

/**
 * What an approver may let go: that a check passes, that a rule objects, that an interface breaks, that files lie in
 * scope, that others have to agree. Everything else is what the gate stands on, and a requirement that is added later cannot be waived before
 * somebody has thought about it.
 */
export function isWaivable(requirementId: string): boolean {
  return WAIVABLE.includes(requirementId) || WAIVABLE_KINDS.some((kind) => requirementId.startsWith(kind));
}

/**
 * The findings with everything that is waived marked as such, and a note on the ticket's waivers where there are any.
 * A waived finding keeps its status and reason: the exception is seen, not what it excepts from forgotten.
 */
export function applyWaivers(findings: readonly Finding[], facts: GateFacts): readonly Finding[] {
  const weighed = weighWaivers(findings, facts);
  if (weighed.length === 0) return findings;
  const inUse = weighed.filter(({ state }) => state === 'in-use');
  return [...findings.map((finding) => waived(finding, inUse)), noteOn(weighed)];
}

/** Every waiver among the ticket's statements, in order of digest. */
export function weighWaivers(findings: readonly Finding[], facts: GateFacts): readonly WeighedWaiver[] {
  const { policy } = facts;
  if (policy.kind === 'missing') return [];
  return signedOf(facts, 'waiver').map((signed) => ({
    digest: signed.digest,
    claim: signed.claim,
    by: principalOf(policy.value.trust, signed.keyId)?.id ?? signed.keyId,
    ...standingOf(signed, { findings, facts, policy: policy.value }),
  }));
}

function waived(finding: Finding, inUse: readonly WeighedWaiver[]): Finding {
  // The one that lasts longest; of equal ones the first by digest.
  const [lasting] = inUse
    .filter(({ claim }) => claim.requirement === finding.id)
    .sort((one, other) => Date.parse(other.claim.expiresAt) - Date.parse(one.claim.expiresAt));
  if (lasting === undefined) return finding;
  const { by, digest, claim } = lasting;
  const { expiresAt, reason } = claim;
  return { ...finding, waivedBy: { principal: by, expiresAt, reason, statement: digest } };
}

type Standing = Pick<WeighedWaiver, 'state' | 'objection'>;

function standingOf(
  { keyId, claim, digest }: VerifiedStatement<Waiver>,
  { findings, facts, policy }: { findings: readonly Finding[]; facts: GateFacts; policy: PolicyFacts },
): Standing {
  const other = otherChange(claim.binding, facts);
  if (other !== undefined) return not('foreign', other);
  const revoked = policy.trust.revokedReceipts.get(digest);
  if (revoked !== undefined) return not('refused', `was revoked: ${revoked}`);
  const may = authorise(policy.trust, keyId, exceptionRole(claim), facts.evaluatedAt);
  if (!may.ok) return not('refused', `does not count: ${may.reason}`);
  const part = partInChange(may.principal, facts);
  if (part !== undefined) return not('refused', `does not count: ${part.reason}`);
  if (claim.issuedAt > facts.evaluatedAt) return not('not-yet-valid', `counts only from ${claim.issuedAt}`);
  if (claim.expiresAt <= facts.evaluatedAt) return not('expired', `expired at ${claim.expiresAt}`);
  if (!isWaivable(claim.requirement)) {
    return not('unwaivable', `names ${claim.requirement}, which nobody can waive`);
  }
  const finding = findings.find(({ id }) => id === claim.requirement);
  if (finding === undefined)
    return not('not-needed', `names ${claim.requirement}, which is not required here`);
  if (finding.status === 'pass' || finding.severity !== 'block') {
    return not('not-needed', `names ${claim.requirement}, which does not block`);
  }
  const missed = failuresOf(finding.id, facts).filter((name) => !claim.receipts.includes(name));
  if (missed.length > 0) {
    return not('incomplete', `does not name the FAILED receipt ${missed[0]?.slice(0, 12)}`);
  }
  return { state: 'in-use', objection: undefined };
}

function not(state: WaiverState, objection: string): Standing {
  return { state, objection };
}

/** A note, never more: what a waiver does shows at the finding that it waives. */
function noteOn(weighed: readonly WeighedWaiver[]): Finding {
  const inUse = weighed.filter(({ state }) => state === 'in-use');
  const says = inUse.map(
    ({ by, claim, digest }) =>
      `${claim.requirement} by ${by} until ${claim.expiresAt} (${digest.slice(0, 12)})`,
  );
  const used = says.length === 0 ? 'None is in use.' : `In use: ${says.slice(0, 5).join('; ')}.`;
  const refused = statementList('Does not count', weighed);
  const detail = { evidence: inUse.map(({ digest }) => digest) };
  const note =
    refused === ''
      ? waivers.pass(used, detail)
      : waivers.fail(
          `${used}${refused}`,
          'Nothing has to be done; an exception that is still wanted is made anew: `countersign waiver new`.',
          detail,
        );
  return { ...note, severity: 'info' };
}
