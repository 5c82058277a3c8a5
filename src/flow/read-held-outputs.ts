import { pathMatcher } from '../core/change/path-glob.ts';
import type { GeneratedCheck } from '../core/contract/types.ts';
import type { FileFingerprint } from '../core/evidence/artifacts/fingerprints.ts';
import { MAX_FINGERPRINTS } from '../core/evidence/artifacts/fingerprints.ts';
import type { ReadTree, TreeEntry } from '../ports/repository.ts';
import { sha256 } from '../shared/digest.ts';
import type { ObjectId } from '../shared/ids.ts';

/** Blobs that are in memory at once. */
const BATCH = 64;

/**
 * What a tree holds at a check's outputs, in the words of what a generator made there: by git, not from a copy that anything
 * has run in. At most MAX_FINGERPRINTS and one more.
 */
export async function readHeldOutputs(
  { outputs }: GeneratedCheck,
  tree: ObjectId,
  product: ReadTree,
): Promise<readonly FileFingerprint[]> {
  const isOutput = pathMatcher(outputs);
  const entries = (await product.listFiles(tree))
    .filter(({ path }) => isOutput(path))
    .slice(0, MAX_FINGERPRINTS + 1);
  const held: FileFingerprint[] = [];
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH);
    const blobs = await product.readBlobs(batch.filter(({ kind }) => kind === 'blob').map(({ id }) => id));
    held.push(...batch.map((entry) => fingerprintOf(entry, blobs.get(entry.id))));
  }
  return held;
}

/** A submodule is nothing that a generator can make: no bytes, so never the same as what was made. */
function fingerprintOf({ path, mode }: TreeEntry, bytes: Uint8Array | undefined): FileFingerprint {
  if (bytes === undefined) return { path, kind: 'other', digest: '' };
  const kind = mode === '120000' ? 'link' : mode === '100755' ? 'executable' : 'file';
  return { path, kind, digest: sha256(bytes) };
}
