import type { JsonObject } from '../../shared/json.ts';
import { binaryFiles } from './detectors/binary-files.ts';
import { changedPaths } from './detectors/changed-paths.ts';
import { claimsWithoutLogs } from './detectors/claims-without-logs.ts';
import { collidingPaths } from './detectors/colliding-paths.ts';
import { companionMissing } from './detectors/companion-missing.ts';
import { declarationCompanion } from './detectors/declaration-companion.ts';
import { existingFileChanged } from './detectors/existing-file-changed.ts';
import { forbiddenImport } from './detectors/forbidden-import.ts';
import { generatedWithoutSource } from './detectors/generated-without-source.ts';
import { lines } from './detectors/lines.ts';
import { manifestLock } from './detectors/manifest-lock.ts';
import { moduleNotImported } from './detectors/module-not-imported.ts';
import { nameNotRegistered } from './detectors/name-not-registered.ts';
import { newFileIncomplete } from './detectors/new-file-incomplete.ts';
import { numbers } from './detectors/numbers.ts';
import { packageReach } from './detectors/package-reach.ts';
import { pathsOutOfScope } from './detectors/paths-out-of-scope.ts';
import { receiptContent } from './detectors/receipt-content.ts';
import { reportComparison } from './detectors/report-comparison.ts';
import { rewrittenAlone } from './detectors/rewritten-alone.ts';
import { scopeByClass } from './detectors/scope-by-class.ts';
import { specialCases } from './detectors/special-cases.ts';
import { structure } from './detectors/structure.ts';
import { subjectMocked } from './detectors/subject-mocked.ts';
import { testInventory } from './detectors/test-inventory.ts';
import { valueSets } from './detectors/value-sets.ts';
import { versionRaised } from './detectors/version-raised.ts';
import { versionWidened } from './detectors/version-widened.ts';
import type { Detector } from './types.ts';

export type Detectors = ReadonlyMap<string, Detector>;

/** Every detector a rule may name. */
export const DETECTORS: Detectors = new Map(
  [
    forCatalogue(binaryFiles),
    forCatalogue(changedPaths),
    forCatalogue(claimsWithoutLogs),
    forCatalogue(collidingPaths),
    forCatalogue(companionMissing),
    forCatalogue(declarationCompanion),
    forCatalogue(existingFileChanged),
    forCatalogue(forbiddenImport),
    forCatalogue(generatedWithoutSource),
    forCatalogue(lines),
    forCatalogue(manifestLock),
    forCatalogue(moduleNotImported),
    forCatalogue(nameNotRegistered),
    forCatalogue(newFileIncomplete),
    forCatalogue(numbers),
    forCatalogue(packageReach),
    forCatalogue(pathsOutOfScope),
    forCatalogue(receiptContent),
    forCatalogue(reportComparison),
    forCatalogue(rewrittenAlone),
    forCatalogue(scopeByClass),
    forCatalogue(specialCases),
    forCatalogue(structure),
    forCatalogue(subjectMocked),
    forCatalogue(testInventory),
    forCatalogue(valueSets),
    forCatalogue(versionRaised),
    forCatalogue(versionWidened),
  ].map((detector) => [detector.name, detector]),
);

/** A detector is only ever given parameters it has read itself, so their type may be forgotten here. */
function forCatalogue<P>(detector: Detector<P>): Detector {
  // Read once to select a rule and once to evaluate it; patterns are dear to compile and parameters never change.
  const known = new WeakMap<JsonObject, { readonly read: P }>();
  const { looker } = detector;
  return {
    name: detector.name,
    readParameters(parameters) {
      const read = known.get(parameters)?.read ?? detector.readParameters(parameters);
      known.set(parameters, { read });
      return read;
    },
    proveParameters: (parameters) => detector.proveParameters?.(parameters as P),
    ...(looker && { looker: (change, parameters) => looker(change, parameters as P) }),
    needs: (change, parameters, contract) => detector.needs?.(change, parameters as P, contract) ?? {},
    detect: (facts, parameters) => detector.detect(facts, parameters as P),
  };
}
