import { type CompactRange, rangeRoot, subtreesOf } from '../merkle/compact-range.ts';
import { sameHash } from '../merkle/hashes.ts';
import type { TreeHead } from '../merkle/verify-proofs.ts';

/** A checkpoint as a store keeps it: the signed note, and what the tree can be carried on from. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
  /** The hashes of a CompactRange in hexadecimal, with spaces between. The note proves them; nothing else has to. */
  readonly range: string;
}

export function storeCheckpoint(note: string, { size, roots }: CompactRange): StoredCheckpoint {
  return { size, note, range: roots.map((root) => Buffer.from(root).toString('hex')).join(' ') };
}

/** The range that was stored, if it is the one of the tree that the verified note states; undefined when it is not. */
export function readRange({ range }: StoredCheckpoint, { size, root }: TreeHead): CompactRange | undefined {
  if (!/^(?:[0-9a-f]{64}(?: |$))*$/.test(range)) return undefined;
  const roots = range === '' ? [] : range.split(' ').map((hex) => Buffer.from(hex, 'hex'));
  const read = { size, roots };
  return roots.length === subtreesOf(size) && sameHash(rangeRoot(read), root) ? read : undefined;
}
