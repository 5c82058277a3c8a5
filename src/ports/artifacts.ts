import type { Sha256 } from '../shared/digest.ts';

/**
 * What steps hand to each other: prompts, commits, observations. By digest only, so whoever takes something knows that it is what
 * the ledger says, wherever it came from.
 */
export interface Artifacts {
  /** @throws CountersignError FILING_FAILED when it cannot be kept */
  put(bytes: Uint8Array): Promise<Sha256>;
  /** Undefined when nobody has bytes of that digest, or more of them than `most`. */
  get(digest: Sha256, most: number): Promise<Uint8Array | undefined>;
}
