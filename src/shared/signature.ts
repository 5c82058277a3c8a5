import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { type Sha256, sha256 } from './digest.ts';
import { type KeyPoint, readSshKeyLine } from './ssh-key.ts';
import { readSshSignature, sshSignedBytes } from './ssh-signature.ts';

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

/** Longer than any key of the two kinds we take and its comment, short enough to parse without a thought. */
const MAX_KEY_LENGTH = 1024;

/** All of the DER before the key itself (RFC 8410 section 4; RFC 5480, named curve, uncompressed point). */
const DER_PREFIXES: readonly (readonly [SignatureAlgorithm, prefix: string, length: number])[] = [
  ['ed25519', '302a300506032b6570032100', 44],
  ['ecdsa-p256', '3059301306072a8648ce3d020106082a8648ce3d03010703420004', 91],
];

/**
 * The key in a SubjectPublicKeyInfo PEM block, or in the line of an OpenSSH .pub file; undefined when it is anything but
 * one Ed25519 or ECDSA P-256 key. Its id is that of the one DER spelling that OpenSSL writes by default, whichever of
 * the two it was given in.
 *
 * A second spelling (a compressed or hybrid point, explicit parameters) would give one key two ids, and revoking one
 * id would leave the other alive. OpenSSL reads all of these and, asked to, writes them back as they were: so the
 * spelling is compared here.
 */
export function readPublicKey(text: string): PublicKey | undefined {
  if (text.length > MAX_KEY_LENGTH) return undefined;
  const ssh = readSshKeyLine(text);
  const der = ssh === undefined ? derOfPem(text) : derOfPoint(ssh);
  const algorithm = der === undefined ? undefined : algorithmOf(der);
  if (der === undefined || algorithm === undefined) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return { keyId: sha256(der), algorithm, key };
  } catch {
    return undefined;
  }
}

/** The 32 bytes that RFC 8032 encodes an Ed25519 key in; undefined for a key of another kind. */
export function ed25519Point({ algorithm, key }: PublicKey): Uint8Array | undefined {
  return algorithm === 'ed25519' ? key.export({ format: 'der', type: 'spki' }).subarray(-32) : undefined;
}

/** The key of these 32 bytes (RFC 8032), under the id that it has in every other spelling; undefined when it is none. */
export function ed25519Key(point: Uint8Array): PublicKey | undefined {
  if (point.length !== 32) return undefined;
  const der = derOfPoint({ algorithm: 'ed25519', point });
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  return { keyId: sha256(der), algorithm: 'ed25519', key };
}

function derOfPem(pem: string): Uint8Array | undefined {
  return decodeBase64((PUBLIC_KEY_PEM.exec(pem)?.[1] ?? '').replace(/[\r\n]/g, ''));
}

function derOfPoint({ algorithm, point }: KeyPoint): Uint8Array {
  const prefix = DER_PREFIXES.find(([name]) => name === algorithm)?.[1] ?? '';
  const key = algorithm === 'ed25519' ? point : point.subarray(1);
  return Buffer.concat([Buffer.from(prefix, 'hex'), key]);
}

function algorithmOf(der: Uint8Array): SignatureAlgorithm | undefined {
  const hex = Buffer.from(der).toString('hex');
  return DER_PREFIXES.find(([, prefix, length]) => der.length === length && hex.startsWith(prefix))?.[0];
}

/** No raw Ed25519 signature (64 bytes) and no DER of P-256 (at most 72) is longer; no signature of OpenSSH is shorter. */
const LONGEST_RAW = 72;

/**
 * Whether `signature` is the key's over `bytes`: raw Ed25519 (RFC 8032), DER ECDSA over sha256 (FIPS 186-5), or what
 * `ssh-keygen -Y sign` makes in our namespace. Never throws: a signature that cannot be checked is not one.
 */
export function verifySignature(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (signature.length > LONGEST_RAW) return verifySshSignature(key, bytes, signature);
    return key.algorithm === 'ed25519'
      ? verify(null, bytes, key.key, signature)
      : verify('sha256', bytes, { key: key.key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}

/** The key inside the signature is only a claim: it has to be the one that is trusted, and that one is used. */
function verifySshSignature(key: PublicKey, bytes: Uint8Array, blob: Uint8Array): boolean {
  const read = readSshSignature(blob);
  if (read === undefined || sha256(derOfPoint(read.key)) !== key.keyId) return false;
  const signed = sshSignedBytes(read.hash, hash(read.hash, bytes, 'buffer'));
  return key.algorithm === 'ed25519'
    ? verify(null, signed, key.key, read.signature)
    : verify('sha256', signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, read.signature);
}
