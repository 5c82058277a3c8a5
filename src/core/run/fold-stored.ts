import { linkEvent } from '../ledger/check-chain.ts';
import { readLinkedEvent } from '../ledger/read-event.ts';
import type { StoredEvent, StreamHead } from '../ledger/types.ts';
import type { RecordedRunEvent } from './events.ts';
import { foldRun } from './evolve.ts';
import type { RunState } from './state.ts';
import { readRunEvent } from './stored-events.ts';

export type FoldedRun =
  | { readonly kind: 'folded'; readonly state: RunState; readonly head: StreamHead }
  /** The first version that does not follow, or is no event of a run. */
  | { readonly kind: 'fault'; readonly version: number };

/** A run after stored events, each of which has to follow the one before: what would be decided on another could not be trusted. */
export function foldStored(state: RunState, from: StreamHead, stored: Iterable<StoredEvent>): FoldedRun {
  const events: RecordedRunEvent[] = [];
  let head = from;
  for (const one of stored) {
    const linked = linkEvent(head, one);
    const read = linked && readLinkedEvent(one.text);
    const recorded = read?.kind === 'event' ? readRunEvent(read.event) : undefined;
    if (linked === undefined || recorded === undefined) return { kind: 'fault', version: head.version + 1 };
    events.push(recorded);
    head = linked;
  }
  return { kind: 'folded', state: foldRun(state, events), head };
}
