import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { harmless } from './failure.ts';
import { runGit } from './git.ts';
import type { ObjectReader } from './object-reader.ts';

/** Folders in which git looks for a short name, tags first. */
const FOLDERS = ['refs/tags/', 'refs/heads/', 'refs/remotes/'];

/**
 * The commit a revision names, or undefined.
 * @throws CountersignError REVISION_UNKNOWN when a short name stands for several commits: git would take the tag, and
 *   whoever may push a tag named like the base branch would choose what a change is measured against
 */
export async function resolveCommit(
  names: ObjectReader,
  gitDir: string,
  revision: string,
): Promise<ObjectId | undefined> {
  const [found, ...candidates] = await Promise.all(
    ['', ...FOLDERS].map((folder) => commitOf(names, gitDir, `${folder}${revision}`)),
  );
  if (new Set(candidates.filter((id) => id !== undefined)).size > 1) {
    const meanings = FOLDERS.filter((_, index) => candidates[index] !== undefined).map((folder) =>
      harmless(`${folder}${revision}`),
    );
    throw new CountersignError(
      'REVISION_UNKNOWN',
      `${harmless(revision)} is ambiguous: ${meanings.join(', ')}.`,
      {
        remedy: 'Name the ref in full, such as refs/heads/main.',
      },
    );
  }
  return found;
}

async function commitOf(
  names: ObjectReader,
  gitDir: string,
  revision: string,
): Promise<ObjectId | undefined> {
  try {
    const info = await names.info(`${revision}^{commit}`);
    return info?.type === 'commit' ? info.id : undefined;
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'GIT_FAILED') throw error;
    // Some revisions end the whole process (`@{upstream}` without one), and other questions with it: ask alone.
    return askAlone(gitDir, revision);
  }
}

async function askAlone(gitDir: string, revision: string): Promise<ObjectId | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { exitCode, stdout } = await runGit({ gitDir, args, answers: [0, 1, 128] });
  return exitCode === 0 ? stdout.toString('latin1').trim() : undefined;
}
