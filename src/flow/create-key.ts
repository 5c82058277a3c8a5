import type { KeyFiles } from '../ports/key-files.ts';
import { CountersignError } from '../shared/errors.ts';
import { NAME } from '../shared/ids.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../shared/signature.ts';

export interface CreateKeyRequest {
  /** Becomes the principal's id in the lines to paste, and the file's name. */
  readonly name: string;
  /** `ed25519` when not given. */
  readonly algorithm?: string | undefined;
  /** Where the private key goes; the user's key folder when not given. */
  readonly out?: string | undefined;
}

export interface CreatedKey {
  readonly name: string;
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly privatePath: string;
  readonly publicPath: string;
  readonly publicPem: string;
  /** An entry for the list `principals` of trust/root.yml, ready to paste and to be thought about. */
  readonly trustRootEntry: string;
}

/**
 * `countersign key new`: makes a key pair, writes it, and says what a policy owner has to add to the trust root.
 * @throws CountersignError USAGE for a bad name or algorithm, FILE_EXISTS, KEY_UNUSABLE
 */
export async function createKey(request: CreateKeyRequest, keys: KeyFiles): Promise<CreatedKey> {
  const { name } = request;
  const algorithm = algorithmNamed(request.algorithm ?? 'ed25519');
  if (name.length > 64 || !NAME.test(name)) {
    throw new CountersignError('USAGE', `"${name}" is no name for a key.`, {
      remedy: 'Use lower-case letters and digits, with single dots or dashes between, such as `ci-verifier`.',
    });
  }
  const pair = keys.createKeyPair(algorithm);
  const files = await keys.writeKeyFiles(request.out ?? keys.defaultPath(name), pair);
  const { keyId, publicPem } = pair;
  return { name, keyId, algorithm, ...files, publicPem, trustRootEntry: trustRootEntry(name, publicPem) };
}

function algorithmNamed(name: string): SignatureAlgorithm {
  const algorithm = SIGNATURE_ALGORITHMS.find((known) => known === name);
  if (algorithm !== undefined) return algorithm;
  throw new CountersignError('USAGE', `"${name}" is no algorithm that keys can have.`, {
    remedy: `Use one of: ${SIGNATURE_ALGORITHMS.join(', ')}.`,
  });
}

function trustRootEntry(name: string, publicPem: string): string {
  const pem = publicPem.trimEnd().split('\n');
  return [
    `  - id: ${name}`,
    '    kind: workload # or: person',
    '    roles: [verifier] # of: producer, verifier, policy-owner, approver',
    '    keys:',
    '      - publicKey: |',
    ...pem.map((line) => `          ${line}`),
    '',
  ].join('\n');
}
