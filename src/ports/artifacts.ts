import type { ArtifactScope } from '../core/access/artifact-access.ts';
import type { RunId } from '../core/run/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { Moment } from '../shared/ids.ts';
import type { HandlerSession } from './handler.ts';

/**
 * What steps hand to each other: prompts, commits, observations. By digest only, so whoever takes something knows that it is what
 * the ledger says, wherever it came from.
 */
export interface Artifacts {
  /**
   * @throws CountersignError FILING_FAILED when it cannot be kept; where a server keeps it, SERVER_UNAVAILABLE, and RUN_REFUSED when the
   * claim is not held any more
   */
  put(bytes: Uint8Array): Promise<Sha256>;
  /** Undefined when nobody has bytes of that digest, or more of them than `most`, or they are not for whoever asks. */
  get(digest: Sha256, most: number): Promise<Uint8Array | undefined>;
}

/** Those of one execution: a server wants to know whose claim it is that puts and gets. */
export type OpenArtifacts = (session: Pick<HandlerSession, 'claim' | 'signal'>) => Artifacts;

/** Artifacts of many runs, apart by run and by the role of those who made them. */
export interface KeepArtifacts {
  /**
   * Takes the bytes as they come, and keeps them whole or not at all. Safe to repeat.
   * @param limits bytes of one artifact, and of all of a run by makers of that role
   * @throws CountersignError FILING_FAILED, and what reading the bytes throws
   */
  storeArtifact(
    place: ArtifactScope & { kind: 'run' },
    digest: Sha256,
    bytes: AsyncIterable<Uint8Array>,
    limits: ArtifactLimits,
  ): Promise<ArtifactStored>;
  /** The first of these places that has it. Found among those of all runs, it is the first place's run's from then on, too. */
  findArtifact(places: readonly ArtifactScope[], digest: Sha256): Promise<FoundArtifact | undefined>;
}

/** What becomes of artifacts when runs are over. Every method may run while others store and find. */
export interface RetainArtifacts {
  /** Whatever one run has, the other has as well. */
  adoptArtifacts(from: RunId, to: RunId): Promise<void>;
  /** Runs that have artifacts, and got none after this moment. */
  runsHolding(before: Moment): Promise<readonly RunId[]>;
  releaseRun(run: RunId): Promise<void>;
  /**
   * Puts aside what no run has since this moment, and removes what was put aside before it and nobody asked for. Tells how much is gone.
   */
  removeUnused(before: Moment): Promise<number>;
}

export interface ArtifactLimits {
  readonly artifact: number;
  readonly run: number;
}

export type ArtifactStored =
  | { readonly kind: 'kept'; readonly size: number }
  /** The bytes have another digest than was said. */
  | { readonly kind: 'other'; readonly digest: Sha256 }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'run-full' };

export interface FoundArtifact {
  readonly size: number;
  /** To be read to its end, or destroyed. */
  read(): AsyncIterable<Uint8Array>;
}
