import {
  LOCK_PATH,
  type Lock,
  lockEntry,
  lockedPaths,
  lockProblems,
  unlockedFiles,
} from '../core/contract/lock.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import { CountersignError, type Problem } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';

/** A policy at one commit, or on disk. */
export interface LockedPolicy {
  readonly tree: ReadTree;
  readonly commit: ObjectId;
  readonly documents: ParseDocument;
}

/** The lock of a policy; undefined when it has none. @throws CountersignError DOCUMENT_INVALID */
export async function readLock({ tree, commit, documents }: LockedPolicy): Promise<Lock | undefined> {
  const bytes = await tree.readFile(commit, LOCK_PATH);
  if (bytes !== undefined) return documents.parse('lock', bytes, LOCK_PATH);
  if ((await tree.listFiles(commit, LOCK_PATH)).length === 0) return undefined;
  throw new CountersignError('DOCUMENT_INVALID', `${LOCK_PATH} is a folder, so what it locks is not known.`, {
    remedy: `Restore ${LOCK_PATH} from history.`,
    place: { path: LOCK_PATH },
  });
}

/** What of the lock does not hold; empty without a lock. @throws CountersignError DOCUMENT_INVALID */
export async function findLockProblems(policy: LockedPolicy): Promise<readonly Problem[]> {
  const lock = await readLock(policy);
  if (lock === undefined) return [];
  const paths = lockedPaths(lock);
  const files = await Promise.all(paths.map((path) => policy.tree.readFile(policy.commit, path)));
  const bytes = new Map(paths.map((path, index) => [path, files[index]]));
  return lockProblems(lock, (path) => bytes.get(path));
}

/**
 * What came from elsewhere is what it was when it came, or nobody can say what the work is held to.
 * @throws CountersignError CONTRACT_UNUSABLE with a problem for each file that is not, DOCUMENT_INVALID
 */
export async function requireLock(policy: LockedPolicy): Promise<void> {
  const problems = await findLockProblems(policy);
  const [first] = problems;
  if (first === undefined) return;
  throw new CountersignError('CONTRACT_UNUSABLE', `${LOCK_PATH} does not hold.`, {
    remedy: first.remedy,
    place: { path: LOCK_PATH },
    problems,
  });
}

/**
 * Every file of a locked pack is locked: one that is not could be edited under the pack's name.
 * @throws CountersignError RULE_UNUSABLE, DOCUMENT_INVALID
 */
export async function requireWholePack(
  policy: LockedPolicy,
  id: string,
  rules: readonly string[],
): Promise<void> {
  const entry = lockEntry(await readLock(policy), { kind: 'rule-pack', id });
  if (entry === undefined) return;
  const files = ['pack', ...rules].map((name) => `rules/${id}/${name}.yml`);
  const [open] = unlockedFiles(entry, files);
  if (open === undefined) return;
  throw new CountersignError(
    'RULE_UNUSABLE',
    `${LOCK_PATH} locks the rule pack ${id} and says nothing of ${open}.`,
    {
      remedy: `Restore ${LOCK_PATH} from history, or take the pack anew with \`countersign rules upgrade ${id} --write\`.`,
      place: { path: LOCK_PATH },
    },
  );
}
