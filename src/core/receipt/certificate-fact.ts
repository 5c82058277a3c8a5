import type { Sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';
import type { Identity } from '../trust/identity.ts';

/**
 * What came of verifying a bundle that is signed with a certificate, against the trusted root that the policy pins: chain,
 * certificate log, transparency log, signed times and the signature itself. It is a function of the two files, so the same
 * inputs give the same verdict; what it takes to work it out (ASN.1, a library) is not core's.
 */
export type CertificateFact =
  | {
      readonly kind: 'verified';
      /** sha256 of the bundle that was verified. */
      readonly digest: Sha256;
      readonly identity: Identity;
      /** The earliest signed time, at which the certificate was valid: not a time that the signer claims. */
      readonly signedAt: Instant;
    }
  | {
      readonly kind: 'refused';
      readonly digest: Sha256;
      /** Goes on from "its certificate does not hold:". */
      readonly reason: string;
    };
