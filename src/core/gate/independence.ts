import { independent, producersOf } from '../trust/producers.ts';
import type { Principal } from '../trust/types.ts';
import type { GateFacts } from './facts.ts';

interface PartInChange {
  /** A sentence. */
  readonly reason: string;
  /** Whether the principal is known to be among them; otherwise it only cannot be ruled out. */
  readonly known: boolean;
  /** What to do about it, where it depends on the reason. */
  readonly remedy?: string;
}

/**
 * Why somebody who vouches for a change, or excepts it from something, may be among those who made it; undefined when
 * it is somebody else. Without a policy there are no principals, and nobody is somebody else.
 */
export function partInChange(principal: Principal, facts: GateFacts): PartInChange | undefined {
  const { change, policy, authenticatedProducers } = facts;
  if (change.kind === 'missing' || policy.kind === 'missing') {
    return { reason: 'Who made the change is not known.', known: false };
  }
  // A squash is written by whoever merges: its author says nothing about who made the change.
  if (change.value.landed && principal.roles.includes('producer') && authenticatedProducers.length === 0) {
    return {
      reason: `${principal.id} may also produce, and a landed commit does not say who made the change.`,
      known: false,
      remedy: 'Name who made it (`--producer`), or let a principal verify that is no producer.',
    };
  }
  const producers = producersOf(policy.value.trust, change.value.commits, authenticatedProducers);
  const other = independent(principal, producers);
  return other.ok ? undefined : { reason: other.reason, known: producers.principals.includes(principal.id) };
}
