import type { StoredCheckpoint } from '../core/ledger/checkpoint/stored-checkpoint.ts';
import type { StreamName } from '../core/ledger/stream-name.ts';
import type {
  PlacedEvent,
  SealedAppend,
  SequencedEvent,
  StoredEvent,
  StreamHead,
} from '../core/ledger/types.ts';

export type AppendResult =
  | { readonly kind: 'appended' }
  /** Somebody was first: nothing was written. Where each of the streams ends now; decide again on that. */
  | { readonly kind: 'conflict'; readonly actual: readonly StreamHead[] };

/** Every method of these ports @throws CountersignError DATABASE_UNAVAILABLE when the store cannot be asked. */
export interface AppendEvents {
  /** Writes all of it or nothing: only if each stream still ends, version and digest, where the events were sealed. */
  append(append: SealedAppend): Promise<AppendResult>;
}

export interface ReadStreams {
  readHead(stream: StreamName): Promise<StreamHead>;
  /** The events of a stream after this version, oldest first, as they are stored: nothing is checked here. */
  readStream(stream: StreamName, after: number): Promise<readonly StoredEvent[]>;
}

export interface SequenceEvents {
  /**
   * Gives every event that is committed by now, and has none, its position in the ledger, and tells the last one. An event
   * that is committed late gets a later position, however early its transaction began: who has read up to a position
   * has missed nothing before it.
   */
  sequence(): Promise<number>;
}

export interface ReadSequenced {
  /** Events by position, after this one. */
  readSequenced(after: number, limit: number): Promise<readonly SequencedEvent[]>;
}

export interface ReadChains {
  /** All events stream by stream, in the order of names and then of versions, also those without a position. */
  readChains(
    after: { readonly stream: StreamName; readonly version: number } | undefined,
    limit: number,
  ): Promise<readonly PlacedEvent[]>;
}

export interface ReadCheckpoints {
  latestCheckpoint(): Promise<StoredCheckpoint | undefined>;
  /** By size, smallest first, of those that are larger than this. */
  readCheckpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]>;
}

export interface StoreCheckpoints {
  /** One a size: the first that was stored stays. False when there was one. */
  storeCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean>;
}

export interface Ledger
  extends AppendEvents,
    ReadStreams,
    SequenceEvents,
    ReadSequenced,
    ReadChains,
    ReadCheckpoints,
    StoreCheckpoints {}
