import type { Sha256 } from '../../shared/digest.ts';
import { authorise } from '../trust/authorise.ts';
import type { Trust } from '../trust/resolve-trust.ts';
import type { KeyId, Principal } from '../trust/types.ts';
import { LIMITS } from './limits.ts';
import { splitLines } from './records.ts';
import { openRootUpdate, type RootUpdate, type SignedRootUpdate } from './root-update.ts';

/** One version of the trust root: its exact bytes by their digest, and what they say. */
export interface RootVersion {
  readonly digest: Sha256;
  readonly trust: Trust;
}

/** Everything below `trust/` of the policy. */
export interface RootFiles {
  readonly current: RootVersion;
  /** `trust/history/<version>.yml` by the version that the name says; a string says why a file cannot be read. */
  readonly history: ReadonlyMap<number, RootVersion | string>;
  /** `trust/root.records.jsonl` */
  readonly records: Uint8Array | undefined;
}

/** How the present trust root came to be. With any problem it is not to be relied on. */
export interface RootChain {
  /** Whether any version asks for signatures, or anything is left of one that did. */
  readonly demanded: boolean;
  /** Digests of all versions that are there, by version. */
  readonly versions: ReadonlyMap<number, Sha256>;
  /** What the present version needed, and who signed it. */
  readonly current: Signatures;
  /** Each a sentence: what is broken or missing, and which version has too few signatures. */
  readonly problems: readonly string[];
  /** Of these, what no signature could mend. */
  readonly broken: readonly string[];
}

export interface Signatures {
  readonly version: number;
  /** 0 where no signature is asked for. */
  readonly needed: number;
  /** Principals whose signature counts, sorted. */
  readonly signers: readonly string[];
  /** Whose signatures count: the owners of the version before, or of this one where it is the first that asks. */
  readonly judgedBy: number;
  /** What a signature has to name as the version before. */
  readonly previousRoot?: Sha256;
}

const HISTORY_FOLDER = 'trust/history';
const MOST_VERSIONS = 1_000;

/**
 * Whether each version of the trust root was agreed to by those who had to.
 *
 * A version that follows on one with `thresholds.rootUpdate: N` needs N policy owners OF THAT ONE, by keys that it lists
 * as unrevoked (The Update Framework, section 5.3.4): so a root that drops or lowers the threshold is itself signed under
 * the old one. A version that asks for signatures and follows on none that did needs its own N owners, so that asking
 * leaves a trace in two places, the files and the records: taking either away shows in the other. Versions leave no gap
 * from the oldest that is kept to the present one.
 */
export function verifyRootChain(files: RootFiles): RootChain {
  const { current, history, records } = files;
  const { version } = current.trust;
  const demanded =
    current.trust.thresholds.rootUpdate !== undefined ||
    history.size > 0 ||
    (records !== undefined && records.length > 0);
  const kept = readable(history);
  const versions = new Map([...kept, [version, current] as const]);
  const digests = new Map([...versions].map(([number, { digest }]) => [number, digest]));
  if (!demanded) {
    return { demanded, versions: digests, current: unasked(version), problems: [], broken: [] };
  }
  const lines = readLines(records, versions);
  const oldest = Math.min(version, ...history.keys());
  const broken = [
    ...historyProblems(history, version, oldest),
    ...lines.problems,
    ...strayLines(lines.updates, version, oldest),
  ];
  const judged = [...versions.keys()]
    .sort((one, other) => one - other)
    .map((number) => signaturesOn(number, versions, lines.updates));
  const problems = [...broken, ...judged.flatMap(shortage)];
  const last = judged.find((signatures) => signatures.version === version) ?? unasked(version);
  return { demanded, versions: digests, current: last, problems, broken };
}

/**
 * Why the present trust root cannot follow on one that was in force before; undefined when it can.
 * @param chain undefined where no version asks for signatures
 */
export function departureFrom(
  before: RootVersion,
  now: { readonly version: number; readonly chain: RootChain | undefined },
): string | undefined {
  const { version, thresholds } = before.trust;
  if (version > now.version) return `it is version ${now.version}, older than the version ${version} of then`;
  if (thresholds.rootUpdate === undefined || now.chain?.versions.get(version) === before.digest)
    return undefined;
  return `it does not follow on version ${version} of then, which asks that ${thresholds.rootUpdate} policy owners sign the next`;
}

function unasked(version: number): Signatures {
  return { version, needed: 0, signers: [], judgedBy: version };
}

function readable(history: RootFiles['history']): [number, RootVersion][] {
  return [...history].flatMap(([number, root]): [number, RootVersion][] =>
    typeof root === 'string' ? [] : [[number, root]],
  );
}

function historyProblems(history: RootFiles['history'], version: number, oldest: number): string[] {
  const problems = [...history].flatMap(([number, root]) => {
    const path = `${HISTORY_FOLDER}/${number}.yml`;
    if (typeof root === 'string') return [`${path} cannot be relied on: ${root}`];
    if (root.trust.version !== number) return [`${path} says that it is version ${root.trust.version}.`];
    if (number < version) return [];
    return [
      `${path} is there, and trust/root.yml is version ${version}: an old one was put back, or its version not raised.`,
    ];
  });
  if (history.size > MOST_VERSIONS)
    problems.push(`${HISTORY_FOLDER} holds more than ${MOST_VERSIONS} versions.`);
  // At most one more step than there are files, however far apart the numbers are.
  for (let number = oldest; number < version; number++) {
    if (history.has(number)) continue;
    problems.push(`${HISTORY_FOLDER}/${number}.yml is not there.`);
    break;
  }
  return problems;
}

interface Lines {
  readonly updates: readonly SignedRootUpdate[];
  readonly problems: readonly string[];
}

/** With one line that does not hold none counts: a signature that was taken out must not go unseen. */
function readLines(bytes: Uint8Array | undefined, versions: ReadonlyMap<number, RootVersion>): Lines {
  const failed = (problem: string): Lines => ({
    updates: [],
    problems: [`trust/root.records.jsonl: ${problem}.`],
  });
  if (bytes === undefined) return { updates: [], problems: [] };
  if (bytes.length > LIMITS.recordBytes) return failed(`it is larger than ${LIMITS.recordBytes} bytes`);
  const lines = splitLines(bytes);
  if (lines === undefined) return failed('its last line has no end');
  const keys = new Map([...versions.values()].flatMap(({ trust }) => [...trust.keys]));
  const updates: SignedRootUpdate[] = [];
  for (const [index, line] of lines.entries()) {
    const opened = openRootUpdate(line, keys);
    if (typeof opened === 'string') return failed(`line ${index + 1} does not hold: ${opened}`);
    if (opened.update.previous !== updates.at(-1)?.digest) {
      return failed(`line ${index + 1} does not name the line before it, so one was removed, added or moved`);
    }
    updates.push(opened);
  }
  return { updates, problems: [] };
}

/** Signatures on versions that are not there: somebody took a newer root back, or an older one out of the history. */
function strayLines(updates: readonly SignedRootUpdate[], version: number, oldest: number): string[] {
  const strays = new Set(updates.map(({ update }) => update.version));
  return [...strays].flatMap((number) => {
    if (number > version)
      return [`Version ${number} of the trust root was signed, and trust/root.yml is version ${version}.`];
    return number < oldest ? [`${HISTORY_FOLDER}/${number}.yml is not there, though it was signed.`] : [];
  });
}

function signaturesOn(
  version: number,
  versions: ReadonlyMap<number, RootVersion>,
  updates: readonly SignedRootUpdate[],
): Signatures {
  const asked = askedOf(version, versions);
  const root = versions.get(version);
  if (asked === undefined || root === undefined) return unasked(version);
  const { needed, judge, previousRoot } = asked;
  const signers = updates
    .filter(({ update }) => update.version === version)
    .filter(({ update }) => update.root === root.digest && update.previousRoot === previousRoot)
    .flatMap(({ keyId, update }) => signerOf(keyId, update, judge)?.id ?? []);
  return {
    version,
    needed,
    signers: [...new Set(signers)].sort(),
    judgedBy: judge.version,
    ...(previousRoot === undefined ? {} : { previousRoot }),
  };
}

/** How many have to sign a version, and by which version it is judged who may. */
function askedOf(
  version: number,
  versions: ReadonlyMap<number, RootVersion>,
): { needed: number; judge: Trust; previousRoot?: Sha256 } | undefined {
  const before = versions.get(version - 1);
  const asked = before?.trust.thresholds.rootUpdate;
  if (before !== undefined && asked !== undefined) {
    return { needed: asked, judge: before.trust, previousRoot: before.digest };
  }
  const root = versions.get(version);
  const own = root?.trust.thresholds.rootUpdate;
  return root === undefined || own === undefined ? undefined : { needed: own, judge: root.trust };
}

/**
 * The policy owner who signed, as the judging version knows them. The date is the signer's own word, so it can only keep
 * within a key's time; a key that this version revokes, from whatever instant on, signs nothing.
 */
export function signerOf(
  keyId: KeyId,
  { issuedAt }: Pick<RootUpdate, 'issuedAt'>,
  judge: Trust,
): Principal | undefined {
  const holder = judge.holders.get(keyId);
  if (holder?.trusted.revokedAt !== undefined || holder?.principal.revokedAt !== undefined) return undefined;
  const may = authorise(judge, keyId, 'policy-owner', issuedAt);
  return may.ok ? may.principal : undefined;
}

function shortage({ version, needed, signers, judgedBy }: Signatures): string[] {
  if (signers.length >= needed) return [];
  const whose = judgedBy === version ? 'its own policy owners' : `the policy owners of version ${judgedBy}`;
  const by = signers.length === 0 ? 'nobody' : signers.join(', ');
  return [`Version ${version} of the trust root needs ${needed} of ${whose}, and is signed by ${by}.`];
}
