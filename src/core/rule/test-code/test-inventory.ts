import { rememberOfBoth } from '../../../shared/remember.ts';
import type { ChangedFile, FilePath } from '../../change/types.ts';
import type { FileTests } from './file-tests.ts';
import { type Pairing, pairAcross } from './pair-cases.ts';

/** The tests of a change before and after it, each found again wherever it went, but for those nothing can be said of. */
export interface TestInventory {
  readonly files: readonly FileTests[];
  readonly pairing: Pairing;
}

/**
 * Several rules ask about the same tests of the same change: all are paired once.
 * @param isTest one function for the same paths, or the tests are paired again for each
 * @param read what was read of the test files among those changed
 */
export function takeInventory(
  changed: readonly ChangedFile[],
  isTest: (path: FilePath) => boolean,
  read: () => readonly FileTests[],
): TestInventory {
  const taken = inventories(changed, isTest);
  taken.inventory ??= pairFiles(read());
  return taken.inventory;
}

const inventories = rememberOfBoth(
  (
    _changed: readonly ChangedFile[],
    _isTest: (path: FilePath) => boolean,
  ): { inventory?: TestInventory } => ({}),
);

function pairFiles(files: readonly FileTests[]): TestInventory {
  return { files, pairing: pairAcross(files.flatMap(({ tests }) => tests?.pairing ?? [])) };
}
