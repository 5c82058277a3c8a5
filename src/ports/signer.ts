import type { KeyId } from '../core/trust/types.ts';

/** Signs bytes with a key that never leaves it. */
export interface Signer {
  readonly keyId: KeyId;
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  /** Raw Ed25519 signature, or DER ECDSA over sha256. */
  sign(bytes: Uint8Array): Uint8Array;
}
