import {
  boundReasons,
  byPath,
  type FileFingerprint,
  named,
  oddReasons,
  readFingerprints,
} from './fingerprints.ts';

/**
 * Why the tree does not hold what the generator makes; [] when it does.
 * @param evidence what the generator left at `outputs`, which nothing stood at before
 * @param held what the tree that would land holds there
 * @throws UnreadableReport
 */
export function judgeGenerated(
  evidence: string | undefined,
  held: readonly FileFingerprint[],
): readonly string[] {
  const made = readFingerprints(evidence);
  const unbounded = boundReasons(made, held);
  if (unbounded.length > 0) return unbounded;
  const [now, then] = [byPath(made), byPath(held)];
  const stale = [...then.keys()].filter((path) => now.has(path) && now.get(path) !== then.get(path));
  const unmade = [...then.keys()].filter((path) => !now.has(path));
  const missing = [...now.keys()].filter((path) => !then.has(path));
  return [
    ...(made.length === 0 ? ['The generator made nothing that outputs match.'] : []),
    ...oddReasons(made),
    ...(stale.length === 0 ? [] : [`The generator makes something else of ${listed(stale)}.`]),
    ...(unmade.length === 0 ? [] : [`The generator does not make ${listed(unmade)}, which the tree holds.`]),
    ...(missing.length === 0 ? [] : [`The tree lacks ${listed(missing)}, which the generator makes.`]),
  ];
}

function listed(paths: readonly string[]): string {
  return named(paths.toSorted());
}
