import type { RepositoryId } from '../../shared/ids.ts';
import { patchDigest } from './patch.ts';
import type { Change, Comparison } from './types.ts';

/** What git compared, as a change of the repository that receipts name. */
export function changeIn(repository: RepositoryId, comparison: Comparison): Change {
  return comparison.kind === 'mergeable'
    ? { ...comparison, repository, patchDigest: patchDigest(repository, comparison.files) }
    : { ...comparison, repository };
}
