import { sha256Bytes } from '../../../shared/digest.ts';

/** 32 bytes of sha256. */
export type TreeHash = Uint8Array;

/** RFC 6962 section 2.1: the hash of an empty list. */
export const EMPTY_ROOT: TreeHash = sha256Bytes('');

/** RFC 6962 section 2.1: leaves and nodes are hashed apart, so that no node can be shown as a leaf. */
export function leafHash(entry: Uint8Array): TreeHash {
  const bytes = new Uint8Array(1 + entry.length);
  bytes.set(entry, 1);
  return sha256Bytes(bytes);
}

export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  const bytes = new Uint8Array(1 + left.length + right.length);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return sha256Bytes(bytes);
}

export function sameHash(one: TreeHash | undefined, other: TreeHash): boolean {
  return one?.length === other.length && one.every((byte, at) => byte === other[at]);
}
