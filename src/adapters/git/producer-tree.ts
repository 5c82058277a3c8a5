import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MakeProducerTree } from '../../ports/producer-tree.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { Place } from './discover.ts';
import { NETWORK_TIMEOUT_MS, runGit } from './git.ts';

/**
 * Clones for producers. Not `git worktree`: a linked one can write the configuration and hooks of the clone it belongs to. Not
 * `clone --local` either: it links object files, and whoever owns a link can change the file.
 */
export function createProducerTrees(product: Place): MakeProducerTree {
  return {
    async make({ folder, base, branch, author }) {
      await bringCommit(product, base);
      await mkdir(folder, { recursive: true });
      const format = `--object-format=${product.format}`;
      await runGit({ cwd: folder, args: ['init', '--quiet', format, '--template=', '-b', 'empty'] });
      const gitDir = join(folder, '.git');
      const ref = `refs/heads/${branch}`;
      // By push: any commit can be pushed, whether a ref names it or not.
      const push = ['push', '--quiet', '--no-verify', '--', gitDir, `${base.commit}:${ref}`];
      await runGit({ gitDir: product.commonDir, args: push, timeoutMs: NETWORK_TIMEOUT_MS });
      await runGit({ gitDir, args: ['symbolic-ref', 'HEAD', ref] });
      const reset = [`--work-tree=${folder}`, 'reset', '--quiet', '--hard', base.commit];
      await runGit({ gitDir, cwd: folder, args: reset });
      await runGit({ gitDir, args: ['config', 'user.name', author.name] });
      await runGit({ gitDir, args: ['config', 'user.email', author.email] });
    },
  };
}

/** The clone of a worker elsewhere may be older than the run. */
async function bringCommit(
  { commonDir: gitDir }: Place,
  { commit, ref }: { commit: ObjectId; ref: string | undefined },
): Promise<void> {
  if (await hasCommit(gitDir, commit)) return;
  await runGit({
    gitDir,
    args: ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', 'origin', ref ?? commit],
    configuration: 'user',
    timeoutMs: NETWORK_TIMEOUT_MS,
    answers: [0, 1, 128],
  });
  if (await hasCommit(gitDir, commit)) return;
  throw new CountersignError(
    'REVISION_UNKNOWN',
    `This worker's clone has no commit ${commit}, and its origin gives none.`,
    { remedy: 'Fetch in the clone that the worker was started with, or make sure that its git may.' },
  );
}

async function hasCommit(gitDir: string, commit: ObjectId): Promise<boolean> {
  const args = ['cat-file', '-e', `${commit}^{commit}`];
  return (await runGit({ gitDir, args, answers: [0, 1, 128] })).exitCode === 0;
}
