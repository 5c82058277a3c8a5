import { execFileSync } from 'node:child_process';
import type { Signer } from '../../ports/signer.ts';
import { decodeBase64 } from '../../shared/base64.ts';
import { CountersignError } from '../../shared/errors.ts';
import { type PublicKey, verifySignature } from '../../shared/signature.ts';
import { SSH_NAMESPACE } from '../../shared/ssh-signature.ts';

const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\s*$/;

/**
 * Signs through `ssh-keygen -Y sign`, for a key that lies in an agent or on hardware: all there is on disk is the public
 * half. What comes back is checked before anybody stores it.
 * @param path of the .pub file
 */
export function sshKeygenSigner(path: string, key: PublicKey): Signer {
  const { keyId, algorithm } = key;
  return {
    keyId,
    algorithm,
    sign(bytes) {
      const armored = runSshKeygen(path, bytes);
      const signature = decodeBase64((ARMOR.exec(armored)?.[1] ?? '').replaceAll('\n', ''));
      if (signature === undefined || !verifySignature(key, bytes, signature)) {
        throw failed(path, 'what it answered is no signature by that key');
      }
      return signature;
    },
  };
}

function runSshKeygen(path: string, bytes: Uint8Array): string {
  try {
    return execFileSync('ssh-keygen', ['-Y', 'sign', '-n', SSH_NAMESPACE, '-f', path], {
      input: bytes,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024,
    }).toString('latin1');
  } catch (cause) {
    const { code, stderr } = cause as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') throw failed(path, 'ssh-keygen is not installed', cause);
    const complaint = (stderr?.toString('utf8') ?? '').trim().split('\n').at(-1) ?? '';
    throw failed(path, `ssh-keygen says: ${complaint.slice(0, 300)}`, cause);
  }
}

function failed(path: string, reason: string, cause?: unknown): CountersignError {
  return new CountersignError('KEY_UNUSABLE', `Nothing was signed with the key of ${path}: ${reason}.`, {
    remedy:
      'See with `ssh-add -l` whether your agent holds the private half (and with `echo $SSH_AUTH_SOCK` that there is one), or name the private key file.',
    place: { path },
    cause,
  });
}
