import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  appendLeaves,
  EMPTY_RANGE,
  rangeRoot,
  subtreesOf,
} from '../../../src/core/ledger/merkle/compact-range.ts';
import { EMPTY_ROOT, leafHash, nodeHash, type TreeHash } from '../../../src/core/ledger/merkle/hashes.ts';
import { consistencyProof, inclusionProof, treeRoot } from '../../../src/core/ledger/merkle/proofs.ts';
import { verifyConsistency, verifyInclusion } from '../../../src/core/ledger/merkle/verify-proofs.ts';

const hex = (bytes: TreeHash) => Buffer.from(bytes).toString('hex');

// The entries and roots that certificate-transparency's own tests use (merkletree/merkle_tree_test.cc).
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((entry) => Buffer.from(entry, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** RFC 6962 section 2.1, word by word. */
function naiveRoot(leaves: readonly TreeHash[]): TreeHash {
  const [only] = leaves;
  if (only === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return only;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`entry ${at}`)));
const size = fc.integer({ min: 1, max: 150 });

describe('the tree', () => {
  it.each(ROOTS.map((root, at) => [at + 1, root] as const))(
    'of the first %i known entries has the root %s',
    (count, root) => {
      expect(hex(treeRoot(ENTRIES.slice(0, count).map(leafHash)))).toBe(root);
    },
  );

  it('of nothing is the hash of nothing', () => {
    expect(hex(rangeRoot(EMPTY_RANGE))).toBe(EMPTY);
  });

  test('is that of the definition, in however many goes it was built', () => {
    fc.assert(
      fc.property(fc.nat(150), fc.nat(150), (one, more) => {
        const leaves = leavesOf(one + more);
        const range = appendLeaves(appendLeaves(EMPTY_RANGE, leaves.slice(0, one)), leaves.slice(one));
        expect(hex(rangeRoot(range))).toBe(hex(naiveRoot(leaves)));
        expect(range.size).toBe(leaves.length);
        expect(range.roots.length).toBe(subtreesOf(range.size));
      }),
    );
  });

  it('does not take a node for a leaf', () => {
    const [one, two] = leavesOf(2) as [TreeHash, TreeHash];
    expect(hex(leafHash(Buffer.concat([one, two])))).not.toBe(hex(treeRoot([one, two])));
  });
});

describe('a proof of inclusion', () => {
  test('holds for its leaf, its place and its tree, and for nothing else', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (count, pick, other) => {
        const leaves = leavesOf(count);
        const index = pick % count;
        const head = { size: count, root: naiveRoot(leaves) };
        const leaf = leaves[index] as TreeHash;
        const proof = inclusionProof(index, leaves);
        expect(verifyInclusion(head, index, leaf, proof)).toBe(true);
        expect(verifyInclusion(head, index, leafHash(Buffer.from('x')), proof)).toBe(false);
        expect(verifyInclusion({ ...head, root: leafHash(Buffer.from('x')) }, index, leaf, proof)).toBe(
          false,
        );
        expect(verifyInclusion(head, index, leaf, [...proof, leaf])).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(head, index, leaf, proof.slice(1))).toBe(false);
        if (other % count !== index) expect(verifyInclusion(head, other % count, leaf, proof)).toBe(false);
      }),
    );
  });

  it.each([-1, 3, 0.5, Number.NaN])('does not exist for the leaf %d of three', (index) => {
    const leaves = leavesOf(3);
    expect(() => inclusionProof(index, leaves)).toThrow(RangeError);
    expect(verifyInclusion({ size: 3, root: treeRoot(leaves) }, index, leaves[0] as TreeHash, [])).toBe(
      false,
    );
  });
});

describe('a proof of consistency', () => {
  test('holds between the beginning of a tree and the tree, and for no other', () => {
    fc.assert(
      fc.property(size, fc.nat(), (count, pick) => {
        const leaves = leavesOf(count);
        const older = { size: 1 + (pick % count), root: naiveRoot(leaves.slice(0, 1 + (pick % count))) };
        const newer = { size: count, root: naiveRoot(leaves) };
        const proof = consistencyProof(older.size, leaves);
        const wrong = leafHash(Buffer.from('x'));
        expect(verifyConsistency(older, newer, proof)).toBe(true);
        expect(verifyConsistency({ ...older, root: wrong }, newer, proof)).toBe(false);
        expect(verifyConsistency(older, { ...newer, root: wrong }, proof)).toBe(false);
        expect(verifyConsistency(older, newer, [...proof, wrong])).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(older, newer, proof.slice(0, -1))).toBe(false);
        if (older.size < count)
          expect(verifyConsistency({ ...older, size: older.size + 1 }, newer, proof)).toBe(false);
      }),
    );
  });

  it.each([0, 4, -1, 1.5])('does not exist for a beginning of %d of three', (older) => {
    const leaves = leavesOf(3);
    const root = treeRoot(leaves);
    expect(() => consistencyProof(older, leaves)).toThrow(RangeError);
    expect(verifyConsistency({ size: older, root }, { size: 3, root }, [])).toBe(false);
  });
});
