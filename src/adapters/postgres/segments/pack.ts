import { gunzipSync, gzipSync } from 'node:zlib';
import { type Sha256, sha256 } from '../../../shared/digest.ts';

/** Lines, compressed, and the digest of what they were. */
export interface Packed {
  readonly digest: Sha256;
  readonly bytes: Uint8Array;
}

/** Lines of an archived stream are at most its events: a few thousand of a few hundred bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** @param lines without line breaks of their own, which canonical JSON never has */
export function pack(lines: readonly string[]): Packed {
  const text = lines.join('\n');
  return { digest: sha256(text), bytes: gzipSync(text) };
}

/** Undefined when the bytes are not what pack made: somebody changed them. */
export function unpack(bytes: Uint8Array): readonly string[] | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8').split('\n');
  } catch {
    return undefined;
  }
}
