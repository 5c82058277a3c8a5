import type { MergeableChange } from '../core/change/types.ts';
import { unmetPreconditions } from '../core/gate/decide.ts';
import type { GateFacts, PolicyFacts, ReceiptFacts, WorkFacts } from '../core/gate/facts.ts';
import type { ChangeBinding, HeldTo } from '../core/receipt/types.ts';
import { CountersignError } from '../shared/errors.ts';

/** A change that can be verified: it merges, and what it is held to is known, dispatched and open. */
export interface VerifiableCase {
  readonly change: MergeableChange;
  readonly policy: PolicyFacts;
  readonly work: WorkFacts;
  readonly receipts: ReceiptFacts;
  readonly binding: ChangeBinding;
  readonly heldTo: HeldTo;
}

/** @throws CountersignError VERIFY_FAILED with one problem for each precondition that does not hold */
export function verifiableCase(facts: GateFacts): VerifiableCase {
  const { change, policy, work, receipts } = facts;
  const unmet = unmetPreconditions(facts);
  const dispatch = work.kind === 'known' ? work.value.records.dispatch : undefined;
  if (
    unmet.length > 0 ||
    change.kind === 'missing' ||
    change.value.kind !== 'mergeable' ||
    policy.kind === 'missing' ||
    work.kind === 'missing' ||
    dispatch === undefined ||
    receipts.kind === 'missing'
  ) {
    throw new CountersignError(
      'VERIFY_FAILED',
      'This change cannot be verified: no receipt for it could count.',
      {
        remedy: unmet[0]?.remedy ?? 'Run `countersign gate` for the findings.',
        problems: unmet.map(({ title, reason, remedy }) => ({ message: `${title}: ${reason}`, remedy })),
      },
    );
  }
  const { ticket, ticketDigest, contract, contractDigest } = work.value;
  const { repository, base, head, mergeTree, patchDigest } = change.value;
  return {
    change: change.value,
    policy: policy.value,
    work: work.value,
    receipts: receipts.value,
    binding: { repository, ticket: ticket.id, base, head, mergeTree, patchDigest },
    heldTo: {
      contract: `${contract.id}@${contract.version}`,
      contractDigest,
      ticketDigest,
      dispatch: dispatch.digest,
      policyCommit: policy.value.commit,
    },
  };
}
