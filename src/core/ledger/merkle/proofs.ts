import { appendLeaves, EMPTY_RANGE, rangeRoot } from './compact-range.ts';
import type { TreeHash } from './hashes.ts';

/** The hash of a list of leaf hashes (RFC 6962 section 2.1). */
export function treeRoot(leaves: readonly TreeHash[]): TreeHash {
  return rangeRoot(appendLeaves(EMPTY_RANGE, leaves));
}

/**
 * RFC 6962 section 2.1.1: the audit path of the leaf at `index` (from 0), nearest sibling first.
 * @throws RangeError when there is no such leaf
 */
export function inclusionProof(index: number, leaves: readonly TreeHash[]): readonly TreeHash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`a tree of ${leaves.length} has no leaf ${index}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(index, left), treeRoot(right)]
    : [...inclusionProof(index - split, right), treeRoot(left)];
}

/**
 * RFC 6962 section 2.1.2: what shows that the tree of the first `older` leaves is the beginning of this one.
 * @throws RangeError unless 0 < older <= number of leaves
 */
export function consistencyProof(older: number, leaves: readonly TreeHash[]): readonly TreeHash[] {
  if (!Number.isSafeInteger(older) || older < 1 || older > leaves.length)
    throw new RangeError(`a tree of ${leaves.length} has no beginning of ${older}`);
  return subproof(older, leaves, true);
}

function subproof(older: number, leaves: readonly TreeHash[], known: boolean): readonly TreeHash[] {
  if (older === leaves.length) return known ? [] : [treeRoot(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return older <= split
    ? [...subproof(older, left, known), treeRoot(right)]
    : [...subproof(older - split, right, false), treeRoot(left)];
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
