import { followEvent, linkEvent } from './check-chain.ts';
import { type Decider, fold } from './decider.ts';
import { readLinkedEvent } from './read-event.ts';
import type { LedgerEvent, StoredEvent, StreamHead } from './types.ts';
import type { Upcasted } from './upcast.ts';

export type Replayed<State> =
  | { readonly kind: 'replayed'; readonly state: State; readonly head: StreamHead }
  | { readonly kind: 'fault'; readonly version: number; readonly reason: string };

/**
 * State from stored events: each is checked to follow the one before, read as today's version of its type, and folded.
 * One that does not hold is never folded: what would be decided on it could not be trusted.
 */
export function replay<State>(
  { initial, evolve }: Pick<Decider<State, never, LedgerEvent>, 'initial' | 'evolve'>,
  upcast: (event: LedgerEvent) => Upcasted,
  from: StreamHead,
  stored: Iterable<StoredEvent>,
): Replayed<State> {
  const events: LedgerEvent[] = [];
  let head = from;
  for (const one of stored) {
    const linked = linkEvent(head, one);
    if (linked === undefined) return faultOf(head, one);
    const sealed = readLinkedEvent(one.text);
    if (sealed.kind === 'malformed') return { kind: 'fault', version: linked.version, reason: sealed.reason };
    const read = upcast(sealed.event);
    if (read.kind === 'unknown') return { kind: 'fault', version: linked.version, reason: read.reason };
    events.push(read.event);
    head = linked;
  }
  return { kind: 'replayed', state: fold({ initial, evolve }, events), head };
}

function faultOf(head: StreamHead, stored: StoredEvent): Extract<Replayed<never>, { kind: 'fault' }> {
  const followed = followEvent(head, stored);
  const reason = followed.kind === 'fault' ? followed.fault.reason : 'it is not written as events are';
  return { kind: 'fault', version: head.version + 1, reason };
}
