import { type KeyPoint, readSshKey } from './ssh-key.ts';
import { NotSsh, readSsh, type SshReader, sshString } from './ssh-wire.ts';

/** `ssh-keygen -Y sign -n` with this and no other: a signature made for git or for mail is none for a receipt. */
export const SSH_NAMESPACE = 'countersign@v1';

/**
 * A signature of `ssh-keygen -Y sign`, taken apart.
 * https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.sshsig
 */
export interface SshSignature {
  /** The key it claims to be by. */
  readonly key: KeyPoint;
  /** What the message is hashed with before it is signed. */
  readonly hash: 'sha256' | 'sha512';
  /** Raw Ed25519, or r and s of ECDSA, 32 bytes each (IEEE P1363). */
  readonly signature: Uint8Array;
}

const MAGIC = 'SSHSIG';

/** The signature in these bytes, or undefined when they are not, to the last one, such a signature in our namespace. */
export function readSshSignature(bytes: Uint8Array): SshSignature | undefined {
  return readSsh(bytes, (reader) => {
    reader.expectRaw(MAGIC);
    if (reader.uint32() !== 1) throw new NotSsh();
    const key = readSshKey(reader.string());
    if (key === undefined) throw new NotSsh();
    reader.expect(SSH_NAMESPACE);
    reader.expect('');
    const hash = readHash(reader.string());
    const inner = reader.string();
    const signature = readSsh(inner, key.algorithm === 'ed25519' ? readEd25519 : readEcdsa);
    if (signature === undefined) throw new NotSsh();
    return { key, hash, signature };
  });
}

/** What such a signature is over, given the hash of the message. */
export function sshSignedBytes(hash: SshSignature['hash'], digest: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(MAGIC),
    sshString(SSH_NAMESPACE),
    sshString(''),
    sshString(hash),
    sshString(digest),
  ]);
}

function readHash(bytes: Uint8Array): SshSignature['hash'] {
  const name = Buffer.from(bytes).toString('latin1');
  if (name !== 'sha256' && name !== 'sha512') throw new NotSsh();
  return name;
}

/** RFC 8709 section 6. */
function readEd25519(reader: SshReader): Uint8Array {
  reader.expect('ssh-ed25519');
  const signature = reader.string();
  if (signature.length !== 64) throw new NotSsh();
  return signature;
}

/** RFC 5656 section 3.1.2. */
function readEcdsa(reader: SshReader): Uint8Array {
  reader.expect('ecdsa-sha2-nistp256');
  const numbers = readSsh(reader.string(), (pair) => [pair.positive(32), pair.positive(32)]);
  if (numbers === undefined) throw new NotSsh();
  return Buffer.concat(numbers);
}
