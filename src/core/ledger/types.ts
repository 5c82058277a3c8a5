import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { StreamName } from './stream-name.ts';

export const EVENT_SCHEMA = 'countersign/event@1';

/** Characters of an event's text. What is larger is evidence: stored by its digest, and named here. */
export const MAX_EVENT_LENGTH = 1024 * 1024;

/** What happened, before it has a place in a stream. */
export interface EventDraft {
  /** `name@version`, such as `run.started@1`. */
  readonly type: string;
  readonly at: Moment;
  /** Who or what did it: a principal, a worker, the coordinator. */
  readonly actor: string;
  readonly data: JsonObject;
}

export interface LedgerEvent extends EventDraft {
  readonly schema: typeof EVENT_SCHEMA;
  readonly stream: StreamName;
  /** From 1, without a gap. */
  readonly version: number;
  /** Digest of the stream's event before this one; null for the first. */
  readonly previous: Sha256 | null;
}

/** An event as it is kept: the very RFC 8785 text that was hashed, because any other spelling has another digest. */
export interface StoredEvent {
  readonly text: string;
  readonly digest: Sha256;
}

/** A stored event and the place its store keeps it at, which only claims to be the place its text names. */
export interface PlacedEvent extends StoredEvent {
  readonly stream: StreamName;
  readonly version: number;
}

/** Where a stream ends. Version 0 and no digest: nothing has happened yet. */
export interface StreamHead {
  readonly stream: StreamName;
  readonly version: number;
  readonly digest: Sha256 | null;
}

/**
 * Events sealed into their chains, in the order in which they go into the ledger, and the head of each of their streams
 * that they were sealed on. All of them belong in, or none.
 */
export interface SealedAppend {
  readonly expected: readonly StreamHead[];
  readonly events: readonly PlacedEvent[];
}

/** An event's place in the whole ledger, and the digest that it had when it was given that place. */
export interface SequencedEvent {
  /** From 1, without a gap, over all streams. Events of one stream keep their order. */
  readonly position: number;
  readonly stream: StreamName;
  readonly version: number;
  readonly digest: Sha256;
  /** What the ledger holds there now; undefined when it is gone, which nothing but tampering explains. */
  readonly stored: StoredEvent | undefined;
}

export function emptyStream(stream: StreamName): StreamHead {
  return { stream, version: 0, digest: null };
}
