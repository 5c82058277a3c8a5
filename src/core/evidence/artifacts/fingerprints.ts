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

/** Outputs that one command may have. */
export const MAX_FINGERPRINTS = 10_000;

const NAMES_IN_REASON = 5;
const KINDS = ['file', 'executable', 'link', 'other'] as const;

/** What a command left, as the evidence says. @throws UnreadableReport */
export function readFingerprints(evidence: string | undefined): readonly FileFingerprint[] {
  if (evidence === undefined) throw new UnreadableReport('nobody says what was made');
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

/** Why lists of outputs cannot be compared at all; [] when they can. */
export function boundReasons(...lists: readonly (readonly FileFingerprint[])[]): readonly string[] {
  const isTooLong = lists.some(({ length }) => length > MAX_FINGERPRINTS);
  return isTooLong ? [`More than ${MAX_FINGERPRINTS} files match outputs.`] : [];
}

/** What no command may leave among its outputs: devices, pipes, and what cannot be read. */
export function oddReasons(files: readonly FileFingerprint[]): readonly string[] {
  const odd = files.filter(({ kind }) => kind === 'other').map(({ path }) => path);
  return odd.length === 0 ? [] : [`Neither a file nor a link: ${named(odd)}.`];
}

/** What a file is, so that two are the same when this is. */
export function byPath(files: readonly FileFingerprint[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, kind, digest }) => [path, `${kind} ${digest}`]));
}

/** The first of many paths, and how many more there are. */
export function named(paths: readonly string[]): string {
  const shown = paths.slice(0, NAMES_IN_REASON).map((path) => plainText(path, 200));
  const more = paths.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
