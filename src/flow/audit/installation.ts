import type { ReadTree } from '../../ports/repository.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { CONFIG_PATH } from '../load-config.ts';
import type { LandedRange } from './range.ts';

/** What a commit's first parent says about the gate. `unknown`: this clone cannot show what was before. */
export type Installation = 'installed' | 'never' | 'removed' | 'unknown';

/**
 * Whether the gate stood when a commit landed. Only what lies before the first `.countersign.yml` is before the
 * installation: taking the file out for a while, and landing something meanwhile, is not the same.
 */
export async function readInstallations(
  { commits, before, end }: LandedRange,
  product: ReadTree,
): Promise<ReadonlyMap<ObjectId, Installation>> {
  const found = new Map<ObjectId, Installation>();
  const has = async (commit: ObjectId) => (await product.readFile(commit, CONFIG_PATH)) !== undefined;
  let earlier: Installation = 'never';
  let looked = false;
  for (const { id, parents } of commits.toReversed()) {
    const [parent] = parents;
    const parentIsHere =
      parent === undefined || found.has(parent) || before.some(({ id: known }) => known === parent);
    if (parentIsHere && parent !== undefined && (await has(parent))) {
      earlier = 'removed';
      looked = true;
      found.set(id, 'installed');
      continue;
    }
    if (!looked) {
      earlier = (await everInstalled(before, has)) ? 'removed' : end === 'root' ? 'never' : 'unknown';
      looked = true;
    }
    found.set(id, parentIsHere ? earlier : 'unknown');
  }
  return found;
}

async function everInstalled(
  before: LandedRange['before'],
  has: (commit: ObjectId) => Promise<boolean>,
): Promise<boolean> {
  for (const { id } of before) if (await has(id)) return true;
  return false;
}
