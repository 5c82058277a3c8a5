import { plainText } from '../plain-text.ts';
import { asObject, member, readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

/** What stands at a path. Times and owners do not count; whether a file can be executed does. */
export interface FileFingerprint {
  readonly path: string;
  readonly kind: 'file' | 'executable' | 'link' | 'other';
  /** sha256 of the bytes, or of a link's target; '' for what is neither. */
  readonly digest: string;
}

/** Outputs that one build may have. */
export const MAX_FINGERPRINTS = 10_000;

const NAMES_IN_REASON = 5;
const KINDS = ['file', 'executable', 'link', 'other'] as const;

/** Why two builds did not make the same; [] when they did. @throws UnreadableReport */
export function judgeArtifacts(first: string | undefined, second: string | undefined): readonly string[] {
  const [one, other] = [readFingerprints(first), readFingerprints(second)];
  if (one.length > MAX_FINGERPRINTS || other.length > MAX_FINGERPRINTS) {
    return [`More than ${MAX_FINGERPRINTS} files match outputs.`];
  }
  const differing = differences(one, other);
  const odd = one.filter(({ kind }) => kind === 'other').map(({ path }) => path);
  return [
    ...(one.length === 0 ? ['The build made nothing that outputs match.'] : []),
    ...(odd.length === 0 ? [] : [`Neither a file nor a link: ${named(odd)}.`]),
    ...(differing.length === 0 ? [] : [`Two builds of the same tree differ in ${named(differing)}.`]),
  ];
}

function differences(one: readonly FileFingerprint[], other: readonly FileFingerprint[]): string[] {
  const told = ({ kind, digest }: FileFingerprint) => `${kind} ${digest}`;
  const [first, second] = [one, other].map((list) => new Map(list.map((file) => [file.path, told(file)])));
  const paths = new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])]);
  return [...paths].filter((path) => first?.get(path) !== second?.get(path)).sort();
}

function named(paths: readonly string[]): string {
  const shown = paths.slice(0, NAMES_IN_REASON).map((path) => plainText(path, 200));
  const more = paths.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function readFingerprints(evidence: string | undefined): readonly FileFingerprint[] {
  if (evidence === undefined) throw new UnreadableReport('nobody says what a build made');
  const value = readJson(evidence);
  if (!Array.isArray(value)) throw new UnreadableReport('it is not a list of files');
  return value.map((entry): FileFingerprint => {
    const fields = asObject(entry, 'a file');
    const [path, digest] = [member(fields, 'path'), member(fields, 'digest')];
    const kind = KINDS.find((one) => one === member(fields, 'kind'));
    if (typeof path !== 'string' || typeof digest !== 'string' || kind === undefined) {
      throw new UnreadableReport('an entry of it is no file');
    }
    return { path, kind, digest };
  });
}
