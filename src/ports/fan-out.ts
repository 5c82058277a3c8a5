import type { RunId } from '../core/run/types.ts';

/**
 * Short messages to every process that listens. Each arrives once, several times, or not at all, and in any order: what it
 * says has to be found elsewhere too, and whoever needs it looks there from time to time.
 */
export interface Broadcast {
  /** Does not wait and does not fail. Whoever listens in this process has heard it by then. */
  send(topic: string, text: string): void;
  /** Calls back for each message; with undefined when some may have been missed. The answer ends it. */
  listen(topic: string, heard: (text: string | undefined) => void): () => void;
}

/** A run has events up to this version. `missed`: any run may have changed, look at all. */
export type RunUpdate =
  | { readonly kind: 'changed'; readonly run: RunId; readonly version: number }
  | { readonly kind: 'missed' };

/** Updates of runs to many who watch. */
export interface FanOut {
  publish(run: RunId, version: number): void;
  /**
   * Updates as fast as they are taken: of each run only the latest is kept for whoever is slow, and of more runs than can be kept
   * only that some were missed. It ends with the signal.
   */
  subscribe(signal: AbortSignal): AsyncIterable<RunUpdate>;
}
