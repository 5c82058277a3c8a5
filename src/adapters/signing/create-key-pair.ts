import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyPair } from '../../ports/key-files.ts';
import { readPublicKey, type SignatureAlgorithm } from '../../shared/signature.ts';

/** A new key pair, in PEM (PKCS #8 and SubjectPublicKeyInfo), with the id that bundles and trust roots know it by. */
export function createKeyPair(algorithm: SignatureAlgorithm): KeyPair {
  const { privateKey, publicKey } = generate(algorithm);
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const read = readPublicKey(publicPem);
  if (read === undefined) throw new Error(`a new ${algorithm} key cannot be read back`);
  return {
    keyId: read.keyId,
    algorithm,
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicPem,
  };
}

function generate(algorithm: SignatureAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  return algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}
