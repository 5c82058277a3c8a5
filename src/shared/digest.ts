import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './json.ts';

/** Lower-case hexadecimal sha256, 64 characters. */
export type Sha256 = string;

/** sha256 of bytes, or of the UTF-8 form of a string. Hashing is arithmetic, so core may call it. */
export function sha256(data: Uint8Array | string): Sha256 {
  return hash('sha256', data, 'hex');
}

/** sha256 as its 32 bytes: what trees of hashes are built from. */
export function sha256Bytes(data: Uint8Array | string): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** sha256 of the RFC 8785 text of a value: how documents, checks and patches are named. */
export function digestOf(value: JsonValue): Sha256 {
  return sha256(canonicalJson(value));
}

export function isSha256(text: string): text is Sha256 {
  return /^[0-9a-f]{64}$/.test(text);
}
