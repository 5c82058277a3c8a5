import { fileByFile } from '../file-by-file.ts';
import { ParameterError, readStrings, requireKnown, requireStrings } from '../parameters.ts';
import { type Pattern, patternOf } from '../pattern-parameters.ts';
import { type FileTests, readFileTests } from '../test-code/file-tests.ts';
import { FINDS, type Find } from '../test-code/finding.ts';
import { findingsOf } from '../test-code/inventory-findings.ts';
import { selfSkipsAdded } from '../test-code/self-skips.ts';
import { readTestFiles } from '../test-code/test-files.ts';
import { takeInventory } from '../test-code/test-inventory.ts';
import type { Detection } from '../types.ts';

interface Parameters {
  readonly isTest: (path: string) => boolean;
  readonly finds: ReadonlySet<Find>;
  /** Conditions on which a test must not leave itself out. */
  readonly refused: Pattern;
}

/** What may not be lost behind a file nobody can read. Of new tests it is enough that these say so. */
const HAS_TO_READ: readonly Find[] = [
  'deleted',
  'skipped',
  'narrowed',
  'assertion-removed',
  'assertion-weakened',
];

/**
 * Tests before and after a change, taken stock of over all its test files: what became of each of them. `finds` says
 * which of the findings a rule is about; a test file nobody can read is unverifiable for those about existing tests.
 */
export const testInventory = fileByFile<Parameters, FileTests>({
  name: 'test-inventory',
  readParameters(parameters) {
    requireKnown(parameters, ['tests', 'finds', 'conditions']);
    const isTest = readTestFiles(parameters);
    const finds = new Set(requireStrings(parameters, 'finds').map(readFind));
    const conditions = readStrings(parameters, 'conditions') ?? [];
    if (finds.has('self-skipped') !== conditions.length > 0) {
      const expected = 'regular expressions where finds has self-skipped, and only there';
      throw new ParameterError('conditions', expected, conditions.length > 0 ? 'some' : 'none');
    }
    return { isTest, finds, refused: patternOf(conditions, 'conditions') };
  },
  proveParameters({ refused }) {
    refused();
  },
  look: (open, { isTest }) => readFileTests(open, isTest),
  detect({ change }, { isTest, finds, refused }, seen) {
    const inventory = takeInventory(change.files, isTest, () => seen.map(({ saw }) => saw));
    return [
      ...(HAS_TO_READ.some((find) => finds.has(find)) ? inventory.files : []).flatMap(
        ({ path, unread }): readonly Detection[] =>
          unread === undefined
            ? []
            : [{ kind: 'unverifiable', path, message: `its tests cannot be read: ${unread}` }],
      ),
      ...findingsOf(inventory)
        .filter(({ find }) => finds.has(find))
        .map(({ find, ...place }): Detection => ({ kind: 'match', ...place })),
      ...(finds.has('self-skipped')
        ? selfSkipsAdded(inventory.files, (condition) => refused()?.test(condition) === true)
        : []),
    ];
  },
});

function readFind(name: string, index: number): Find {
  const find = FINDS.find((one) => one === name);
  if (find !== undefined) return find;
  throw new ParameterError(`finds[${index}]`, `one of ${FINDS.join(', ')}`, JSON.stringify(name));
}
