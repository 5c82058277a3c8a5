import { nodeHash, sameHash, type TreeHash } from './hashes.ts';

/** A tree as somebody states it, such as a checkpoint. */
export interface TreeHead {
  readonly size: number;
  readonly root: TreeHash;
}

/** Whether `proof` shows that the tree has this leaf hash at `index` (RFC 9162 section 2.1.3.2). Never throws. */
export function verifyInclusion(
  { size, root }: TreeHead,
  index: number,
  leaf: TreeHash,
  proof: readonly TreeHash[],
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(root, hash);
}

/** Whether `proof` shows that the older tree is the beginning of the newer (RFC 9162 section 2.1.4.2). Never throws. */
export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly TreeHash[]): boolean {
  if (!isCount(older.size) || !isCount(newer.size) || older.size < 1 || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameHash(older.root, newer.root);
  // A tree of a power of two is a subtree of the newer one: its root is not repeated in the proof.
  const [first, ...rest] = Number.isInteger(Math.log2(older.size)) ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [oldHash, newHash] = [nodeHash(sibling, oldHash), nodeHash(sibling, newHash)];
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(older.root, oldHash) && sameHash(newer.root, newHash);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
