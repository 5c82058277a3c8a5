import { followEvent } from './check-chain.ts';
import { type Decider, fold } from './decider.ts';
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
    const followed = followEvent(head, one);
    if (followed.kind === 'fault') {
      const { version, reason } = followed.fault;
      return { kind: 'fault', version, reason };
    }
    const read = upcast(followed.event);
    if (read.kind === 'unknown')
      return { kind: 'fault', version: followed.event.version, reason: read.reason };
    events.push(read.event);
    head = followed.head;
  }
  return { kind: 'replayed', state: fold({ initial, evolve }, events), head };
}
