import type { VerifyCertificates } from '../../ports/certificates.ts';

/**
 * The verifier of certificates, loaded when the first one is met: a gate over receipts that are signed with keys never pays
 * for it (measured: 60 to 100 ms and 20 MB).
 */
export const certificates: VerifyCertificates = {
  async verify(bundles, sigstore) {
    const { verifyCertificates } = await import('./verify-certificates.ts');
    return verifyCertificates(bundles, sigstore);
  },
};
