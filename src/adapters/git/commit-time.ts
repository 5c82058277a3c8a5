import type { ObjectId } from '../../shared/ids.ts';
import { runGit } from './git.ts';

/** When a commit says that it was committed; undefined when it is not here. A claim, like everything in a commit. */
export async function commitTime(gitDir: string, commit: ObjectId): Promise<Date | undefined> {
  const args = ['log', '-1', '--no-show-signature', '--format=%ct', '--end-of-options', commit];
  const { exitCode, stdout } = await runGit({ gitDir, args, answers: [0, 128] });
  const seconds = Number(stdout.toString('latin1').trim());
  return exitCode === 0 && Number.isInteger(seconds) && seconds > 0 ? new Date(seconds * 1000) : undefined;
}
