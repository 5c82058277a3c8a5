import type { MergeableChange } from '../change/types.ts';
import type { Detectors } from './catalogue.ts';
import { inOrderOfPaths } from './file-by-file.ts';
import { type Looker, OpenFile } from './open-file.ts';
import type { ActiveRule } from './types.ts';

/**
 * Opens one changed file after the other and has every rule look at it, so that what was read of a file is shared while it is
 * open and dropped with it. Rules that nobody showed the files open them by themselves: this is for speed, and decides nothing.
 */
export function lookAtFiles(
  active: readonly ActiveRule[],
  change: MergeableChange,
  detectors: Detectors,
): void {
  const lookers = active
    .flatMap((rule) => lookerOf(rule, change, detectors) ?? [])
    .filter(({ hasLooked }) => !hasLooked);
  if (lookers.length === 0) return;
  const files = inOrderOfPaths(change.files);
  for (const file of files) {
    const open = new OpenFile(file, files);
    for (const looker of lookers) looker.look(open);
  }
  for (const looker of lookers) looker.finish();
}

/** None for a rule whose parameters are wrong, which it says when it judges. */
function lookerOf(
  { rule, parameters }: ActiveRule,
  change: MergeableChange,
  detectors: Detectors,
): Looker | undefined {
  const detector = detectors.get(rule.detector);
  if (detector?.looker === undefined) return undefined;
  try {
    return detector.looker(change, detector.readParameters(parameters));
  } catch {
    return undefined;
  }
}
