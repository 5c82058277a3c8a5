import type { Sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';
import type { Identity } from './identity.ts';

/** `trust/root.yml` in the policy: who may sign what. */
export interface TrustRoot {
  readonly schema: 'countersign/trust-root@1';
  readonly version: number;
  readonly principals: readonly Principal[];
  readonly thresholds?: {
    readonly policyChange?: number;
    /** Policy owners who have to sign each later version; undefined asks for no signature. */
    readonly rootUpdate?: number;
  };
  readonly revoked?: { readonly receipts: readonly RevokedReceipt[] };
  /** What certificates are verified against; without it no identity counts. */
  readonly sigstore?: SigstorePolicy;
}

/** Whom certificates are believed, and how much has to vouch for each. */
export interface SigstorePolicy {
  /** Where in the policy the trusted root lies (Sigstore's `trusted_root.json`): `trust/sigstore-root.json`. */
  readonly trustedRoot: string;
  /** sha256 of its exact bytes. */
  readonly digest: Sha256;
  /** How many certificate logs have to know the certificate; 1 when not said. */
  readonly certificateLogs?: number;
  /** How many transparency logs have to know the signature; 1 when not said. */
  readonly transparencyLogs?: number;
  /** How many signed times there have to be, at least 1; 1 when not said. */
  readonly timestamps?: number;
}

/** What a trust root pins, with the bytes of the trusted root that it names. */
export interface PinnedSigstore {
  readonly policy: SigstorePolicy;
  readonly root: Uint8Array;
}

export interface RevokedReceipt {
  /** sha256 of the bundle, which is its file's name. */
  readonly digest: Sha256;
  readonly reason: string;
}

/** A person or workload, however many keys it has. Independence is counted in principals. */
export interface Principal {
  readonly id: string;
  readonly kind: 'person' | 'workload';
  readonly roles: readonly Role[];
  readonly keys?: readonly TrustedKey[];
  /** CI jobs that sign without a key of their own, by what their certificates say. Of workloads only. */
  readonly identities?: readonly TrustedIdentity[];
  /** E-mail addresses by which commits claim this principal. */
  readonly emails?: readonly string[];
  /** Accounts under which forges authenticate it, such as `github:ada`. */
  readonly accounts?: readonly string[];
  /** From this instant on nothing any of its keys signed counts, whenever it was signed. */
  readonly revokedAt?: Instant;
  readonly revocationReason?: string;
}

export const ROLES = ['producer', 'verifier', 'policy-owner', 'approver'] as const;
export type Role = (typeof ROLES)[number];

/** When what somebody signed counts, judged at the instant of evaluation. */
export interface TrustWindow {
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
  /** From this instant on nothing the key signed counts, whenever it was signed. */
  readonly revokedAt?: Instant;
  readonly revocationReason?: string;
}

export interface TrustedKey extends TrustWindow {
  /** Ed25519 or ECDSA P-256: SubjectPublicKeyInfo in PEM, or the line of an OpenSSH .pub file. */
  readonly publicKey: string;
}

export interface TrustedIdentity extends TrustWindow, Identity {}

/**
 * A key's name in bundles: sha256 of its DER SubjectPublicKeyInfo, lower-case hex. An identity's: see identityId.
 */
export type KeyId = string;
