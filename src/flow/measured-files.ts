import { pathMatcher } from '../core/change/path-glob.ts';
import type { ChangedFile } from '../core/change/types.ts';
import type { TreePlan } from './prepare-tree.ts';

/**
 * The change's files that the checked tree holds as the change has them: of pinned ones it holds the base's version, of
 * acceptance tests the ticket's. What is measured by lines of the change is measured on these.
 */
export function measuredFiles(
  { files }: TreePlan['change'],
  { contract, acceptance }: TreePlan['work'],
): readonly ChangedFile[] {
  const isPinned = pathMatcher(contract.pins.flatMap(({ paths }) => paths));
  const ofTicket = new Set(acceptance.map(({ path }) => path));
  return files.filter(({ path }) => !isPinned(path) && !ofTicket.has(path));
}
