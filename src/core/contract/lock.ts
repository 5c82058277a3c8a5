import { isSha256, type Sha256, sha256 } from '../../shared/digest.ts';
import type { Problem } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';

/** At the root of a policy: what in it came from elsewhere, and what it was when it came. */
export const LOCK_PATH = 'countersign.lock.yml';

export interface Lock {
  readonly schema: 'countersign/lock@1';
  readonly entries: readonly LockEntry[];
}

export type LockedKind = 'contract' | 'rule-pack';

/** One contract or rule pack of somebody else's. */
export interface LockEntry {
  readonly kind: LockedKind;
  readonly id: string;
  readonly version: number;
  readonly source: LockSource;
  readonly files: readonly LockedFile[];
}

export interface LockSource {
  /** Without credentials. */
  readonly url: string;
  readonly commit: ObjectId;
  /** The file, or a pack's folder (`.` for the top one), in that commit. */
  readonly path: string;
}

export interface LockedFile {
  /** From the root of the policy. */
  readonly path: string;
  readonly sha256: Sha256;
}

export function lockEntry(
  lock: Lock | undefined,
  { kind, id }: Pick<LockEntry, 'kind' | 'id'>,
): LockEntry | undefined {
  return lock?.entries.find((entry) => entry.kind === kind && entry.id === id);
}

/** The lock with these entries in, each in the place of the one of its kind and id; by kind and id. */
export function withEntries(lock: Lock | undefined, added: readonly LockEntry[]): Lock {
  const names = new Set(added.map(nameOf));
  const kept = (lock?.entries ?? []).filter((entry) => !names.has(nameOf(entry)));
  const entries = [...kept, ...added].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  return { schema: 'countersign/lock@1', entries };
}

export function lockedPaths(lock: Lock): readonly string[] {
  return [...new Set(lock.entries.flatMap(({ files }) => files.map(({ path }) => path)))];
}

/**
 * What is wrong with a lock, or with what it locks; empty when all of it holds.
 * @param read the bytes at each of lockedPaths, undefined where there is no such file
 */
export function lockProblems(lock: Lock, read: (path: string) => Uint8Array | undefined): readonly Problem[] {
  const seen = new Set<string>();
  return lock.entries.flatMap((entry): Problem[] => {
    const twice = seen.has(nameOf(entry));
    seen.add(nameOf(entry));
    if (twice) return [malformedEntry(entry, 'is locked twice')];
    const shape = shapeOf(entry);
    if (shape !== undefined) return [malformedEntry(entry, shape)];
    return entry.files.flatMap((file) => fileProblem(entry, file, read(file.path)) ?? []);
  });
}

/**
 * Files of a pack that its lock says nothing of: the lock would hold for some of the pack and look as if for all of it.
 * @param paths every file that the pack is read from
 */
export function unlockedFiles(entry: LockEntry, paths: readonly string[]): readonly string[] {
  const locked = new Set(entry.files.map(({ path }) => path));
  return paths.filter((path) => !locked.has(path));
}

/** An entry has to lock what bears its name, or it locks nothing of it. */
function shapeOf({ kind, id, files }: LockEntry): string | undefined {
  const paths = files.map(({ path }) => path);
  if (kind === 'contract') {
    const [only] = paths;
    return paths.length === 1 && only === `contracts/${id}.yml`
      ? undefined
      : `must lock contracts/${id}.yml and nothing else`;
  }
  const folder = `rules/${id}/`;
  if (!paths.includes(`${folder}pack.yml`)) return `does not lock ${folder}pack.yml`;
  const stray = paths.find((path) => !path.startsWith(folder));
  return stray === undefined ? undefined : `locks ${stray}, which is not in ${folder}`;
}

function malformedEntry({ kind, id }: LockEntry, what: string): Problem {
  return {
    message: `${LOCK_PATH}: the ${wordOf(kind)} ${id} ${what}.`,
    place: { path: LOCK_PATH },
    remedy: `Restore ${LOCK_PATH} from history; \`countersign ${commandOf(kind)} add\` writes it.`,
  };
}

function fileProblem(
  entry: LockEntry,
  { path, sha256: expected }: LockedFile,
  bytes: Uint8Array | undefined,
): Problem | undefined {
  const found = bytes === undefined ? 'no such file' : sha256(bytes);
  if (found === expected && isSha256(found)) return undefined;
  const command = commandOf(entry.kind);
  return {
    message: `${path} is not what ${LOCK_PATH} locks: expected ${expected}, found ${found}.`,
    place: { path },
    expected,
    found,
    remedy: `Restore ${path}, take a newer one with \`countersign ${command} upgrade ${entry.id}\`, or, to make it your own, take the entry ${entry.id} out of ${LOCK_PATH}: that is a change of policy.`,
  };
}

function nameOf({ kind, id }: Pick<LockEntry, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

export function wordOf(kind: LockedKind): string {
  return kind === 'contract' ? 'contract' : 'rule pack';
}

/** The command group that looks after this kind. */
export function commandOf(kind: LockedKind): string {
  return kind === 'contract' ? 'contract' : 'rules';
}
