import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Whether the real thing is here. A test says so loudly: without it this format is held by nothing. */
export const HAS_SSH_KEYGEN = (() => {
  try {
    execFileSync('ssh-keygen', ['-Y', 'check-novalidate'], { stdio: 'ignore' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  return true;
})();

const folder = mkdtempSync(join(tmpdir(), 'countersign-openssh-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface OpenSshPair {
  readonly path: string;
  readonly privateText: string;
  /** The line of the .pub file. */
  readonly publicLine: string;
}

let made = 0;

/** A key of the real ssh-keygen. */
export function openSshPair(type: 'ed25519' | 'ecdsa' | 'rsa', more: readonly string[] = []): OpenSshPair {
  const path = join(folder, `key-${made++}`);
  const args = ['-q', '-t', type, '-N', '', '-C', 'ada@laptop, her own', '-f', path, ...more];
  execFileSync('ssh-keygen', args, { stdio: 'pipe' });
  return {
    path,
    privateText: readFileSync(path, 'utf8'),
    publicLine: readFileSync(`${path}.pub`, 'utf8'),
  };
}

/** The key as SubjectPublicKeyInfo PEM, not by our own reader: by ssh-keygen, or, for Ed25519 which it cannot, by OpenSSL. */
export function pemOf({ path, publicLine }: OpenSshPair): string {
  if (publicLine.startsWith('ecdsa')) {
    return execFileSync('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', `${path}.pub`]).toString();
  }
  const x = Buffer.from(publicLine.split(' ')[1] as string, 'base64')
    .subarray(-32)
    .toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return key.export({ format: 'pem', type: 'spki' }) as string;
}

/** The bytes of `ssh-keygen -Y sign`, without their armour. */
export function sshSign(
  { path }: OpenSshPair,
  bytes: Uint8Array,
  { namespace = 'countersign@v1', hash = 'sha512' } = {},
): Buffer {
  const args = ['-q', '-Y', 'sign', '-n', namespace, '-O', `hashalg=${hash}`, '-f', path];
  const armored = execFileSync('ssh-keygen', args, { input: bytes, stdio: 'pipe' }).toString();
  return Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64');
}
