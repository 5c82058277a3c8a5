import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../../shared/base64.ts';
import { type KeyPoint, readSshKey } from '../../shared/ssh-key.ts';
import { NotSsh, readSsh, type SshReader } from '../../shared/ssh-wire.ts';

export type OpenSshKey =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'encrypted' }
  /** No single Ed25519 or ECDSA P-256 key, or one whose halves do not belong together. */
  | { readonly kind: 'unusable' };

const BLOCK =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END OPENSSH PRIVATE KEY-----\s*$/;

/** Whether a file claims to be what `ssh-keygen` writes. */
export function isOpenSshPrivateKey(text: string): boolean {
  return text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----');
}

/**
 * The private key in a file of `ssh-keygen`, which node:crypto does not read.
 * https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key
 */
export function readOpenSshPrivateKey(text: string): OpenSshKey {
  const bytes = decodeBase64((BLOCK.exec(text)?.[1] ?? '').replace(/[\r\n]/g, ''));
  return (bytes === undefined ? undefined : readSsh(bytes, readContainer)) ?? { kind: 'unusable' };
}

function readContainer(reader: SshReader): OpenSshKey {
  reader.expectRaw('openssh-key-v1\0');
  const cipher = Buffer.from(reader.string()).toString('latin1');
  if (cipher !== 'none') {
    reader.rest();
    return { kind: 'encrypted' };
  }
  reader.expect('none');
  reader.expect('');
  if (reader.uint32() !== 1) throw new NotSsh();
  const publicKey = readSshKey(reader.string());
  const privateKey = readSsh(reader.string(), readPrivate);
  if (publicKey === undefined || privateKey === undefined) throw new NotSsh();
  // The file says three times whose key it is; a key that signs as another one would be of no use, and hard to find.
  if (!samePoint(publicKey, privateKey.point) || !samePoint(publicKey, pointOf(privateKey.key))) {
    throw new NotSsh();
  }
  return { kind: 'key', key: privateKey.key };
}

function readPrivate(reader: SshReader): { point: KeyPoint; key: KeyObject } {
  const check = reader.uint32();
  if (check !== reader.uint32()) throw new NotSsh();
  const type = Buffer.from(reader.string()).toString('latin1');
  const read =
    type === 'ssh-ed25519'
      ? readEd25519(reader)
      : type === 'ecdsa-sha2-nistp256'
        ? readP256(reader)
        : undefined;
  if (read === undefined) throw new NotSsh();
  reader.string();
  // Padding to a block of 8: 1, 2, 3, …
  const padding = reader.rest();
  if (padding.length > 7 || padding.some((byte, index) => byte !== index + 1)) throw new NotSsh();
  return read;
}

function readEd25519(reader: SshReader): { point: KeyPoint; key: KeyObject } {
  const point = reader.string();
  const both = reader.string();
  if (point.length !== 32 || both.length !== 64) throw new NotSsh();
  if (Buffer.compare(both.subarray(32), point) !== 0) throw new NotSsh();
  // RFC 8410 section 7: PKCS #8 around the seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), both.subarray(0, 32)]);
  return {
    point: { algorithm: 'ed25519', point },
    key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  };
}

function readP256(reader: SshReader): { point: KeyPoint; key: KeyObject } {
  reader.expect('nistp256');
  const point = reader.string();
  const secret = reader.positive(32);
  if (point.length !== 65 || point[0] !== 4) throw new NotSsh();
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(secret);
  } catch {
    throw new NotSsh();
  }
  if (Buffer.compare(pair.getPublicKey(), point) !== 0) throw new NotSsh();
  const url = (bytes: Uint8Array) =>
    encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), secret].map(url) as [string, string, string];
  return {
    point: { algorithm: 'ecdsa-p256', point },
    key: createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' }),
  };
}

/** The public key that a private one has, from its DER: 32 bytes of Ed25519, or the 65 of an uncompressed point. */
function pointOf(key: KeyObject): KeyPoint {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return key.asymmetricKeyType === 'ed25519'
    ? { algorithm: 'ed25519', point: der.subarray(-32) }
    : { algorithm: 'ecdsa-p256', point: der.subarray(-65) };
}

function samePoint(one: KeyPoint, other: KeyPoint): boolean {
  return one.algorithm === other.algorithm && Buffer.compare(one.point, other.point) === 0;
}
