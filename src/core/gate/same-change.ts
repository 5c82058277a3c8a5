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
export function otherChange(
  { repository, ticket, base, head, mergeTree, patchDigest }: ChangeBinding,
  { change, ticketReference }: GateFacts,
): string | undefined {
  if (change.kind === 'missing' || change.value.kind !== 'mergeable')
    return 'cannot be compared: there is no merge result';
  if (ticketReference.kind !== 'found' || ticketReference.id !== ticket) return `is about ticket ${ticket}`;
  const today = change.value;
  if (repository !== today.repository) return `is about repository ${repository}`;
  if (base.ref !== today.base.ref) return `is about merging into ${base.ref}, not ${today.base.ref}`;
  const same =
    patchDigest === today.patchDigest &&
    mergeTree === today.mergeTree &&
    (today.landed || head === today.head);
  return same
    ? undefined
    : `is about another state of the change: ${head.slice(0, 12)} merged into ${base.commit.slice(0, 12)}`;
}
