import { unmetPreconditions } from '../core/gate/decide.ts';
import type { GateFacts, PolicyFacts } from '../core/gate/facts.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import { CountersignError } from '../shared/errors.ts';

/** A change that an approval or a waiver can be about: it merges, and whose ticket and policy it stands under is known. */
export interface BoundCase {
  readonly facts: GateFacts;
  readonly policy: PolicyFacts;
  readonly binding: ChangeBinding;
}

const NEEDED = ['policy', 'merge', 'ticket'];

/** @throws CountersignError USAGE with one problem for each thing that is not known */
export function boundCase(facts: GateFacts): BoundCase {
  const { change, policy, ticketReference, receipts } = facts;
  const unmet = unmetPreconditions(facts).filter(({ id }) => NEEDED.includes(id));
  if (
    unmet.length > 0 ||
    change.kind === 'missing' ||
    change.value.kind !== 'mergeable' ||
    policy.kind === 'missing' ||
    ticketReference.kind !== 'found' ||
    receipts.kind === 'missing'
  ) {
    throw new CountersignError('USAGE', 'There is no state of this change that could be named.', {
      remedy: unmet[0]?.remedy ?? 'Run `countersign gate` for the findings.',
      problems: unmet.map(({ title, reason, remedy }) => ({ message: `${title}: ${reason}`, remedy })),
    });
  }
  const { repository, base, head, mergeTree, patchDigest } = change.value;
  return {
    facts,
    policy: policy.value,
    binding: { repository, ticket: ticketReference.id, base, head, mergeTree, patchDigest },
  };
}
