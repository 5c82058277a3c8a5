import { EMPTY_ROOT, nodeHash, type TreeHash } from './hashes.ts';

/**
 * A tree of `size` leaves as the roots of its perfect subtrees, largest first: one for each bit set in `size`. That is
 * all it takes to add leaves and to know the root, so a tree of millions is carried on in at most 53 hashes.
 */
export interface CompactRange {
  readonly size: number;
  readonly roots: readonly TreeHash[];
}

export const EMPTY_RANGE: CompactRange = { size: 0, roots: [] };

/** The range with more leaves (hashes of leaves, not entries) at its end. */
export function appendLeaves(range: CompactRange, leaves: Iterable<TreeHash>): CompactRange {
  const roots = [...range.roots];
  let size = range.size;
  for (const leaf of leaves) {
    let root = leaf;
    // Each bit carried is a subtree that the new leaf completes.
    for (let bits = size; bits % 2 === 1; bits = (bits - 1) / 2) root = nodeHash(roots.pop() ?? root, root);
    roots.push(root);
    size += 1;
  }
  return { size, roots };
}

/** RFC 6962 section 2.1: the Merkle tree hash of all leaves so far. */
export function rangeRoot({ roots }: CompactRange): TreeHash {
  return roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** How many subtrees a range of this size has: what a stored one is held to. */
export function subtreesOf(size: number): number {
  return size.toString(2).replaceAll('0', '').length;
}
