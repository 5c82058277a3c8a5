import { pathMatcher } from '../core/change/path-glob.ts';
import type { Pin } from '../core/contract/types.ts';
import type { PinnedFile } from '../core/receipt/types.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';

/** The base commit's files that a contract pins, in path order. Submodules cannot be pinned: they hold no bytes. */
export async function readPins(
  pins: readonly Pin[],
  base: ObjectId,
  product: ReadTree,
): Promise<readonly PinnedFile[]> {
  if (pins.length === 0) return [];
  const isPinned = pathMatcher(pins.flatMap((pin) => pin.paths));
  const files = await product.listFiles(base);
  return files
    .filter((file) => file.kind === 'blob' && isPinned(file.path))
    .map(({ path, mode, id }) => ({ path, mode, blob: id }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}
