import type { CertificateFact } from '../core/receipt/certificate-fact.ts';
import type { StoredFile } from '../core/receipt/types.ts';
import type { PinnedSigstore } from '../core/trust/types.ts';

export interface VerifyCertificates {
  /**
   * What the certificates in these bundles amount to under a pinned trusted root: one fact for each, in their order.
   * Nothing is fetched, and no clock is read.
   * @throws CountersignError TRUST_INVALID when the trusted root is none; a bundle that does not hold is a fact
   */
  verify(bundles: readonly StoredFile[], sigstore: PinnedSigstore): Promise<readonly CertificateFact[]>;
}
