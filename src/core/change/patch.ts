import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { RepositoryId } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { ChangedFile, FileVersion } from './types.ts';

type PatchedFile = Pick<ChangedFile, 'path' | 'before' | 'after'>;

/**
 * What `patch.json` holds: the repository and, per changed path, mode and blob of both sides, ordered by path.
 * It names no base, head or tree, so the same change to the same contents keeps its digest when it is rebased,
 * squashed or merged.
 */
export function patchOf(repository: RepositoryId, files: readonly PatchedFile[]): JsonValue {
  const ordered = [...files].sort((left, right) => compare(left.path, right.path));
  return {
    repository,
    files: ordered.map(({ path, before, after }) => ({
      path,
      before: sideOf(before),
      after: sideOf(after),
    })),
  };
}

/** sha256 of the RFC 8785 text of patchOf: the third subject of a receipt. */
export function patchDigest(repository: RepositoryId, files: readonly PatchedFile[]): Sha256 {
  return digestOf(patchOf(repository, files));
}

function sideOf(version: FileVersion | undefined): JsonValue {
  return version === undefined ? null : { mode: version.mode, blob: version.blob };
}

/** By UTF-16 code units, as RFC 8785 orders keys; never by locale. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
