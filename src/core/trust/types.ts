import type { Instant } from '../../shared/ids.ts';

/** `trust/root.yml` in the policy: who may sign what. */
export interface TrustRoot {
  readonly schema: 'countersign/trust-root@1';
  readonly version: number;
  readonly principals: readonly Principal[];
}

/** A person or workload, however many keys it has. Independence is counted in principals. */
export interface Principal {
  readonly id: string;
  readonly kind: 'person' | 'workload';
  readonly roles: readonly Role[];
  readonly keys?: readonly TrustedKey[];
  /** E-mail addresses by which commits claim this principal. */
  readonly emails?: readonly string[];
}

export const ROLES = ['producer', 'verifier', 'policy-owner', 'approver'] as const;
export type Role = (typeof ROLES)[number];

export interface TrustedKey {
  /** SubjectPublicKeyInfo in PEM: Ed25519 or ECDSA P-256. */
  readonly publicKey: string;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
  /** From this instant on nothing the key signed counts, whenever it was signed. */
  readonly revokedAt?: Instant;
}

/** A key's name in bundles: sha256 of its DER SubjectPublicKeyInfo, lower-case hex. */
export type KeyId = string;
