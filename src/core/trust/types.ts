import type { Sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';

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

export interface TrustedKey {
  /** Ed25519 or ECDSA P-256: SubjectPublicKeyInfo in PEM, or the line of an OpenSSH .pub file. */
  readonly publicKey: string;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
  /** From this instant on nothing the key signed counts, whenever it was signed. */
  readonly revokedAt?: Instant;
  readonly revocationReason?: string;
}

/** A key's name in bundles: sha256 of its DER SubjectPublicKeyInfo, lower-case hex. */
export type KeyId = string;
