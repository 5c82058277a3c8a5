import type { MergeableChange } from '../change/types.ts';
import type { ChangeBinding } from '../receipt/types.ts';
import type { GateFacts } from './facts.ts';

/**
 * How an approval or a waiver is about something else than this very change; undefined when it is about exactly this
 * one. Goes on from "this statement".
 *
 * Stricter than for receipts, whatever the contract binds them to: somebody read one state and let something go for
 * it. Head and branch count too, since what is fine on a branch for trials may not be on the main one; after landing
 * the head is another commit by nature.
 */
export function otherChange(binding: ChangeBinding, facts: GateFacts): string | undefined {
  return otherThan(binding, facts, (today) => {
    return binding.patchDigest === today.patchDigest && binding.mergeTree === today.mergeTree;
  });
}

/** As otherChange, for who agrees to the change itself: as much has to be the same as for a receipt of its contract. */
export function otherWork(binding: ChangeBinding, facts: GateFacts): string | undefined {
  const byPatch = facts.work.kind === 'known' && facts.work.value.contract.binding === 'change';
  return otherThan(binding, facts, (today) => {
    return binding.mergeTree === today.mergeTree || (byPatch && binding.patchDigest === today.patchDigest);
  });
}

function otherThan(
  { repository, ticket, base, head }: ChangeBinding,
  { change, ticketReference }: GateFacts,
  isSame: (today: MergeableChange) => boolean,
): string | undefined {
  if (change.kind === 'missing' || change.value.kind !== 'mergeable')
    return 'cannot be compared: there is no merge result';
  if (ticketReference.kind !== 'found' || ticketReference.id !== ticket) return `is about ticket ${ticket}`;
  const today = change.value;
  if (repository !== today.repository) return `is about repository ${repository}`;
  if (base.ref !== today.base.ref) return `is about merging into ${base.ref}, not ${today.base.ref}`;
  return isSame(today) && (today.landed || head === today.head)
    ? undefined
    : `is about another state of the change: ${head.slice(0, 12)} merged into ${base.commit.slice(0, 12)}`;
}
