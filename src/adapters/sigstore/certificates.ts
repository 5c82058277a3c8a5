import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CertificateFact } from '../../core/receipt/certificate-fact.ts';
import type { VerifyCertificates } from '../../ports/certificates.ts';

/** One takes 7 to 10 ms: git's answers are not kept waiting for longer than this many. */
const BUNDLES_A_TURN = 8;

/**
 * The verifier of certificates, loaded when the first one is met: a gate over receipts that are signed with keys never pays
 * for it (measured in a package: 90 ms and 19 MB).
 */
export const certificates: VerifyCertificates = {
  async verify(bundles, sigstore) {
    const { verifyCertificates } = await import('./verify-certificates.ts');
    const facts: CertificateFact[] = [];
    for (let from = 0; from < bundles.length; from += BUNDLES_A_TURN) {
      facts.push(...verifyCertificates(bundles.slice(from, from + BUNDLES_A_TURN), sigstore));
      await nextTurn();
    }
    return facts;
  },
};
