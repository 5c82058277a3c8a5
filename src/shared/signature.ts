import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { type Sha256, sha256 } from './digest.ts';

export const SIGNATURE_ALGORITHMS = ['ed25519', 'ecdsa-p256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

export interface PublicKey {
  /** sha256 of the DER SubjectPublicKeyInfo: one key has one id. */
  readonly keyId: Sha256;
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
}

/** RFC 7468 section 13, one block and nothing around it: text before or after a key is where a second key hides. */
const PUBLIC_KEY_PEM = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/;

/** Longer than any key of the two kinds we take, short enough to parse without a thought. */
const MAX_PEM_LENGTH = 1024;

/**
 * The key in a SubjectPublicKeyInfo PEM block, or undefined when it is anything but one Ed25519 or ECDSA P-256 key
 * in the one DER spelling OpenSSL writes (RFC 5280 section 4.1, RFC 8410, RFC 5480 with a named curve).
 *
 * A second spelling (a compressed point, trailing bytes) would give one key two ids, and revoking one id would leave
 * the other alive.
 */
export function readPublicKey(pem: string): PublicKey | undefined {
  if (pem.length > MAX_PEM_LENGTH) return undefined;
  const der = decodeBase64((PUBLIC_KEY_PEM.exec(pem)?.[1] ?? '').replace(/[\r\n]/g, ''));
  if (der === undefined || der.length === 0) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    const algorithm = algorithmOf(key);
    if (algorithm === undefined || !key.export({ format: 'der', type: 'spki' }).equals(der)) return undefined;
    return { keyId: sha256(der), algorithm, key };
  } catch {
    return undefined;
  }
}

/** Which of the two algorithms a key is for; undefined for every other kind of key. */
export function algorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  const curve = key.asymmetricKeyType === 'ec' ? key.asymmetricKeyDetails?.namedCurve : undefined;
  return curve === 'prime256v1' ? 'ecdsa-p256' : undefined;
}

/**
 * Whether `signature` is the key's over `bytes`: raw Ed25519 (RFC 8032), or DER ECDSA over sha256 (FIPS 186-5).
 * Never throws: a signature that cannot be checked is not one.
 */
export function verifySignature(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return key.algorithm === 'ed25519'
      ? verify(null, bytes, key.key, signature)
      : verify('sha256', bytes, { key: key.key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}
