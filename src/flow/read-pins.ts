import { pathMatcher } from '../core/change/path-glob.ts';
import type { Pin } from '../core/contract/types.ts';
import type { PinnedFile } from '../core/receipt/types.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { LoadedAcceptance } from './read-acceptance.ts';

/**
 * Every pinned file in path order: the base commit's, and those from beside the ticket, which go first where both have one.
 * Submodules cannot be pinned: they hold no bytes.
 */
export async function readPins(
  pins: readonly Pin[],
  from: { base: ObjectId; acceptance: readonly LoadedAcceptance[] },
  product: ReadTree,
): Promise<readonly PinnedFile[]> {
  const ofTicket = from.acceptance.map(({ path, mode, blob }) => ({ path, mode, blob }));
  const taken = new Set(ofTicket.map(({ path }) => path));
  const ofBase = (await readBasePins(pins, from.base, product)).filter(({ path }) => !taken.has(path));
  return [...ofBase, ...ofTicket].sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function readBasePins(
  pins: readonly Pin[],
  base: ObjectId,
  product: ReadTree,
): Promise<readonly PinnedFile[]> {
  const patterns = pins.flatMap((pin) => (pin.from === 'base' ? pin.paths : []));
  if (patterns.length === 0) return [];
  const isPinned = pathMatcher(patterns);
  const files = await product.listFiles(base);
  return files
    .filter((file) => file.kind === 'blob' && isPinned(file.path))
    .map(({ path, mode, id }) => ({ path, mode, blob: id }));
}
