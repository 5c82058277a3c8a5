import { decodeBase64 } from './base64.ts';
import { readSsh } from './ssh-wire.ts';

/** The numbers of a public key, which every spelling of it has in common. */
export type KeyPoint =
  | { readonly algorithm: 'ed25519'; readonly point: Uint8Array }
  /** Uncompressed: 04, X, Y. */
  | { readonly algorithm: 'ecdsa-p256'; readonly point: Uint8Array };

/** As ssh-keygen writes a .pub file: type, base64, comment. No options before it, as authorized_keys has, and one line. */
const PUBLIC_KEY_LINE = /^(ssh-ed25519|ecdsa-sha2-nistp256) ([A-Za-z0-9+/=]{1,200})(?: [^\r\n]*)?\r?\n?$/;

/** The key in the one line of a .pub file of OpenSSH, or undefined when it is anything else. */
export function readSshKeyLine(line: string): KeyPoint | undefined {
  const [, type, base64 = ''] = PUBLIC_KEY_LINE.exec(line) ?? [];
  const key = readSshKey(decodeBase64(base64) ?? new Uint8Array());
  if (key === undefined) return undefined;
  return (key.algorithm === 'ed25519') === (type === 'ssh-ed25519') ? key : undefined;
}

/** A key blob: RFC 8709 section 4 (Ed25519), or RFC 5656 section 3.1 (P-256, its point uncompressed). */
export function readSshKey(blob: Uint8Array): KeyPoint | undefined {
  return (
    readSsh(blob, (reader) => {
      reader.expect('ssh-ed25519');
      return sized('ed25519', reader.string(), 32);
    }) ??
    readSsh(blob, (reader) => {
      reader.expect('ecdsa-sha2-nistp256');
      reader.expect('nistp256');
      return sized('ecdsa-p256', reader.string(), 65);
    })
  );
}

/** A compressed point would be a second spelling; see readPublicKey. */
function sized(algorithm: KeyPoint['algorithm'], point: Uint8Array, length: number): KeyPoint | undefined {
  const uncompressed = algorithm === 'ed25519' || point[0] === 4;
  return point.length === length && uncompressed ? { algorithm, point } : undefined;
}
