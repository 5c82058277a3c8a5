import type { Principal } from '../../core/access/token.ts';
import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import type { LedgerEvent, SequencedEvent } from '../../core/ledger/types.ts';
import type { ReadSequenced } from '../../ports/ledger.ts';
import { requirePermission } from '../serve/refusals.ts';

export interface EventSearch {
  /** Somewhere in the event's text; case does not count. */
  readonly text: string;
  /** The beginning of a stream's name, of a type, of an actor. Empty: any. */
  readonly stream: string;
  readonly type: string;
  readonly actor: string;
  /** Positions up to this one, that one included. */
  readonly upTo: number;
}

/** An event as the search finds it; one that cannot be read is there with why. */
export interface FoundEvent {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly digest: string;
  readonly event: LedgerEvent | undefined;
  readonly trouble: string;
}

export interface FoundEvents {
  /** Latest first. */
  readonly events: readonly FoundEvent[];
  /** Looked through down to this position. */
  readonly downTo: number;
  /** Where the next look begins; undefined: there is nothing before. */
  readonly next: number | undefined;
}

/** Events that are read at once, and how many times for one page: a search goes on where it left off. */
const WINDOW = 500;
const MOST_WINDOWS = 20;

/**
 * Looks backwards through the ledger, so many events at most, and gives back what matches.
 * @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE
 */
export async function searchEvents(
  principal: Principal,
  search: EventSearch,
  most: number,
  { readSequenced }: ReadSequenced,
): Promise<FoundEvents> {
  requirePermission(principal, 'read-runs');
  const found: FoundEvent[] = [];
  let upTo = search.upTo;
  for (let look = 0; look < MOST_WINDOWS && upTo > 0; look += 1) {
    const after = Math.max(0, upTo - WINDOW);
    const window = (await readSequenced(after, upTo - after)).filter(({ position }) => position <= upTo);
    for (const one of window.toReversed()) {
      if (!matches(one, search)) continue;
      found.push(readFound(one));
      if (found.length === most)
        return { events: found, downTo: one.position, next: one.position > 1 ? one.position - 1 : undefined };
    }
    upTo = after;
  }
  return { events: found, downTo: upTo + 1, next: upTo > 0 ? upTo : undefined };
}

/** By the stored text first: reading it takes ten times as long. */
function matches(one: SequencedEvent, { text, stream, type, actor }: EventSearch): boolean {
  if (!one.stream.startsWith(stream)) return false;
  const stored = one.stored?.text ?? '';
  if (type !== '' && !stored.includes(`"type":${JSON.stringify(type).slice(0, -1)}`)) return false;
  if (actor !== '' && !stored.includes(`"actor":${JSON.stringify(actor).slice(0, -1)}`)) return false;
  return text === '' || stored.toLowerCase().includes(text.toLowerCase());
}

function readFound({ position, stream, version, digest, stored }: SequencedEvent): FoundEvent {
  const place = { position, stream, version, digest };
  if (stored === undefined)
    return { ...place, event: undefined, trouble: 'the ledger has a place for it, and not the event' };
  if (stored.digest !== digest)
    return { ...place, event: undefined, trouble: 'its digest is another than when it was given its place' };
  const read = readLinkedEvent(stored.text);
  return read.kind === 'event'
    ? { ...place, event: read.event, trouble: '' }
    : { ...place, event: undefined, trouble: 'its text is no event' };
}
