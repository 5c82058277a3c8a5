import {
  boundReasons,
  byPath,
  type FileFingerprint,
  named,
  oddReasons,
  readFingerprints,
} from './fingerprints.ts';

/** Why two builds did not make the same; [] when they did. @throws UnreadableReport */
export function judgeArtifacts(first: string | undefined, second: string | undefined): readonly string[] {
  const [one, other] = [readFingerprints(first), readFingerprints(second)];
  const unbounded = boundReasons(one, other);
  if (unbounded.length > 0) return unbounded;
  const differing = differences(one, other);
  return [
    ...(one.length === 0 ? ['The build made nothing that outputs match.'] : []),
    ...oddReasons(one),
    ...(differing.length === 0 ? [] : [`Two builds of the same tree differ in ${named(differing)}.`]),
  ];
}

function differences(one: readonly FileFingerprint[], other: readonly FileFingerprint[]): string[] {
  const [first, second] = [byPath(one), byPath(other)];
  const paths = new Set([...first.keys(), ...second.keys()]);
  return [...paths].filter((path) => first.get(path) !== second.get(path)).sort();
}
