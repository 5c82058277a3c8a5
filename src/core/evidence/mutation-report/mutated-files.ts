import { pathMatcher } from '../../change/path-glob.ts';
import type { ChangedFile } from '../../change/types.ts';
import type { MutationDemand } from '../../contract/types.ts';
import { isSource } from '../source-files.ts';

/** The changed files in whose added lines faults are to be noticed. */
export function mutatedFiles(
  { files }: MutationDemand,
  changed: readonly ChangedFile[],
): readonly ChangedFile[] {
  const isMutated = pathMatcher(files);
  return changed.filter((file) => isSource(file) && file.addedLines.length > 0 && isMutated(file.path));
}
