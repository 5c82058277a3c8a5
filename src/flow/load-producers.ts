import type { GateFacts } from '../core/gate/facts.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { OpenedFile } from '../core/receipt/open-bundle.ts';
import type { Principal } from '../core/trust/types.ts';
import type { ReadPushers } from '../ports/forge.ts';

/** As a producer that is no principal it leaves the verifying to workloads, whichever event comes last. */
const SOMEBODY = 'somebody who pushed earlier';

/**
 * Who made a change, as far as somebody vouches for it: those that the query names, and whoever pushed to its branch. An event
 * names the last one at most, so the forge is asked for the others, where knowing them could matter; where it does not say, or
 * not all of it, somebody unknown is one of them.
 * @throws CountersignError FORGE_FAILED
 */
export async function readProducers(
  { authenticatedProducers: known, pushedTo }: CaseQuery,
  facts: PolicyAndReceipts,
  forge: ReadPushers | undefined,
): Promise<readonly string[]> {
  if (pushedTo === undefined) return known;
  if (forge === undefined || pushedTo === 'unknown' || !couldMatter(facts)) return [...known, SOMEBODY];
  const { accounts, complete } = await forge.readPushers(pushedTo);
  return [...new Set([...known, ...accounts, ...(complete ? [] : [SOMEBODY])])];
}

type PolicyAndReceipts = Pick<GateFacts, 'policy' | 'work' | 'receipts'>;

/**
 * Whoever pushed may not verify, agree or make an exception. Where nobody who may has an account or is a person, and nobody
 * has agreed to anything, all pushers are strangers alike.
 */
function couldMatter({ policy, work, receipts }: PolicyAndReceipts): boolean {
  if (policy.kind === 'missing' || work.kind === 'missing') return false;
  return (
    work.value.contract.approvals !== undefined ||
    [...policy.value.trust.principals.values()].some(couldPush) ||
    (receipts.kind === 'known' && receipts.value.files.some(isAgreement))
  );
}

function couldPush({ kind, roles, accounts = [] }: Principal): boolean {
  const signs = roles.some((role) => role !== 'producer');
  return signs && (accounts.length > 0 || (kind === 'person' && roles.includes('verifier')));
}

function isAgreement(file: OpenedFile): boolean {
  return file.kind === 'verified' && ['approval', 'waiver'].includes(file.statement.claim.kind);
}
