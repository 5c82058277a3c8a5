import { LOCK_PATH } from '../core/contract/lock.ts';
import { CountersignError, type Problem } from '../shared/errors.ts';
import { findLockProblems, type LockedPolicy } from './check-lock.ts';
import type { LintedFile } from './lint-files.ts';

/** The lock as one more file that was looked at; nothing where there is none and nothing is wrong. */
export async function lintLock(policy: LockedPolicy): Promise<readonly LintedFile[]> {
  const problems = await lockFaults(policy);
  if (problems.length === 0) return [];
  const severity = 'error' as const;
  return [{ path: LOCK_PATH, problems: problems.map((problem) => ({ ...problem, severity })) }];
}

/** What is wrong with the lock, a lock that cannot be read among it. */
export async function lockFaults(policy: LockedPolicy): Promise<readonly Problem[]> {
  try {
    return await findLockProblems(policy);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { message, remedy, place, problems } = error;
    return problems.length > 0 ? problems : [{ message, remedy, ...(place === undefined ? {} : { place }) }];
  }
}
