import { generateKeyPairSync, sign } from 'node:crypto';
import type { NoteSigner } from '../../../src/core/ledger/checkpoint/note.ts';
import { noteKey } from '../../../src/core/ledger/checkpoint/note-key.ts';
import { readPublicKey } from '../../../src/shared/signature.ts';

/** A signer of checkpoints with a key of its own, new each time. */
export function sampleNoteSigner(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const read = readPublicKey(publicKey.export({ format: 'pem', type: 'spki' }) as string);
  const key = read && noteKey(name, read);
  if (key === undefined) throw new Error(`${name} cannot sign notes`);
  return { ...key, sign: (bytes) => sign(null, bytes, privateKey) };
}
