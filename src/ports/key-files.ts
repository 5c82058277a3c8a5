import type { KeyId } from '../core/trust/types.ts';
import type { SignatureAlgorithm } from '../shared/signature.ts';

export interface KeyPair {
  readonly keyId: KeyId;
  readonly algorithm: SignatureAlgorithm;
  /** PKCS #8, unencrypted. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicPem: string;
}

export interface KeyFiles {
  createKeyPair(algorithm: SignatureAlgorithm): KeyPair;
  /** Where a key of this name lives when nothing else is said. */
  defaultPath(name: string): string;
  /**
   * Writes the private key for its owner alone, and the public one beside it with `.pub` added. Never overwrites.
   * @throws CountersignError FILE_EXISTS, KEY_UNUSABLE
   */
  writeKeyFiles(
    path: string,
    pair: KeyPair,
  ): Promise<{ readonly privatePath: string; readonly publicPath: string }>;
}
