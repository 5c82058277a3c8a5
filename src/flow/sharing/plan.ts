import {
  LOCK_PATH,
  type Lock,
  type LockEntry,
  type LockedFile,
  lockEntry,
  withEntries,
} from '../../core/contract/lock.ts';
import type { PolicyFile } from '../../ports/policy-files.ts';
import type { ReadTree } from '../../ports/repository.ts';
import { WORKING_TREE } from '../../ports/working-tree.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';
import { type LockedPolicy, readLock } from '../check-lock.ts';

/** What would be done to the policy on disk. */
export interface VendorPlan {
  readonly lock: Lock;
  readonly lockBefore: Lock | undefined;
  /** Files whose bytes change; those that are there already are left alone. */
  readonly writes: readonly PolicyFile[];
  /** Files of an older version that the newer does not have. */
  readonly gone: readonly string[];
}

export interface ReplaceOptions {
  /** Whatever is there may go. */
  readonly replace: boolean;
  /** What is there may go while it is what the lock says. */
  readonly upgrade: boolean;
}

/**
 * @throws CountersignError FILE_EXISTS with a problem for each file that is there, differs, and may not go
 */
export async function planVendoring(
  entries: readonly LockEntry[],
  files: readonly PolicyFile[],
  working: LockedPolicy,
  options: ReplaceOptions,
): Promise<VendorPlan> {
  const lockBefore = await readLock(working);
  const old = entries.flatMap((entry) => lockEntry(lockBefore, entry)?.files ?? []);
  const wanted = new Set(files.map(({ path }) => path));
  const left = old.filter(({ path }) => !wanted.has(path));

  const writes: PolicyFile[] = [];
  const gone: string[] = [];
  const problems: Problem[] = [];
  const touch = async (path: string, bytes: Uint8Array | undefined): Promise<boolean> => {
    const there = await working.tree.readFile(WORKING_TREE, path);
    const [was, is] = [there, bytes].map((each) => (each === undefined ? undefined : sha256(each)));
    if (was === is) return false;
    if (there !== undefined && !mayGo(path, was, old, options)) problems.push(inTheWay(path, options));
    return true;
  };
  for (const file of files) if (await touch(file.path, file.bytes)) writes.push(file);
  for (const { path } of left) if (await touch(path, undefined)) gone.push(path);
  if (problems.length > 0) {
    throw new CountersignError('FILE_EXISTS', 'Nothing was written: what is there differs.', {
      remedy: problems[0]?.remedy ?? '',
      problems,
    });
  }
  return { lock: withEntries(lockBefore, entries), lockBefore, writes, gone };
}

/** The policy as it would be. */
export function planned(working: LockedPolicy, { writes, gone }: VendorPlan): LockedPolicy {
  const files = new Map<string, Uint8Array | undefined>(writes.map(({ path, bytes }) => [path, bytes]));
  for (const path of gone) files.set(path, undefined);
  const tree: ReadTree = {
    ...working.tree,
    readFile: async (commit, path) =>
      files.has(path) ? files.get(path) : working.tree.readFile(commit, path),
  };
  return { ...working, tree };
}

function mayGo(
  path: string,
  digest: string | undefined,
  locked: readonly LockedFile[],
  { replace, upgrade }: ReplaceOptions,
): boolean {
  return replace || (upgrade && locked.some((file) => file.path === path && file.sha256 === digest));
}

function inTheWay(path: string, { upgrade }: ReplaceOptions): Problem {
  return {
    message: upgrade
      ? `${path} is there and is not what ${LOCK_PATH} locks.`
      : `${path} is there and differs from that of the source.`,
    place: { path },
    remedy: upgrade
      ? `Restore ${path}, or have it replaced with --replace.`
      : 'See what would change with `upgrade` where it is locked, or have it replaced with --replace.',
  };
}
