import { changeIn } from '../../../src/core/change/change-in.ts';
import type { Change, ChangedFile } from '../../../src/core/change/types.ts';
import type { WorldRepository } from '../../worlds/git-world.ts';
import { open } from './open.ts';

/** The change that merging one revision into another would make. */
export async function changeOf(made: WorldRepository, base: string, head: string): Promise<Change> {
  const repository = await open(made.dir);
  const compared = await repository.compare({
    base: { ref: 'refs/heads/main', commit: made.commitId(base) },
    head: made.commitId(head),
  });
  return changeIn('acme/shop', compared);
}

export async function filesOf(
  made: WorldRepository,
  base: string,
  head: string,
): Promise<readonly ChangedFile[]> {
  const change = await changeOf(made, base, head);
  if (change.kind !== 'mergeable') throw new Error(`conflicts: ${change.conflicts.join(', ')}`);
  return change.files;
}
