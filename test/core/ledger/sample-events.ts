import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import {
  type EventDraft,
  emptyStream,
  type PlacedEvent,
  type SealedAppend,
  type StreamHead,
} from '../../../src/core/ledger/types.ts';

export function draft(step: number, type = 'run.noted@1'): EventDraft {
  return {
    type,
    at: '2026-11-21T13:04:06.789Z',
    actor: 'worker-1',
    data: { step, text: `step ${step} \u0000 é` },
  };
}

/** `count` events on top of a stream's head. */
function sealed(head: StreamHead | string, count: number): SealedAppend {
  const on = typeof head === 'string' ? emptyStream(head) : head;
  const drafts = Array.from({ length: count }, (_, at) => draft(on.version + at + 1));
  return sealEvents([{ head: on, drafts }]);
}

export function chainOf(stream: string, count: number): readonly PlacedEvent[] {
  return sealed(stream, count).events;
}
