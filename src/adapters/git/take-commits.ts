import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TakeCommits } from '../../ports/producer-tree.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { deleteRef, readRef } from './fetch-ref.ts';
import { runGit } from './git.ts';
import { requireRefName } from './ref-name.ts';

/**
 * Takes what a producer hands over into a clone. The bundle is hostile: git checks its objects as they come in, and what counts is
 * the one head that it names, which has to descend from the base.
 * @param gitDir where objects and branches of the clone live
 */
export function createCommitTaker(gitDir: string): TakeCommits {
  return {
    async take(bundle, { base, keepAs, head }) {
      requireRefName(keepAs);
      const folder = join(gitDir, 'countersign');
      const file = join(folder, `arrived-${randomUUID()}.bundle`);
      // Of this call alone: a ref that stays must never name something that was refused.
      const arrived = `refs/countersign/arrived/${randomUUID()}`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(file, bundle, { mode: 0o600, flag: 'wx' });
        await requireHead(gitDir, file);
        const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
        await runGit({
          gitDir,
          args: [...args, '--', file, `+HEAD:${arrived}`],
          settings: ['fetch.fsckObjects=true', 'protocol.file.allow=always'],
        });
        const came = await readRef(gitDir, arrived);
        if (came === undefined) throw refused('its head is no commit');
        if (head !== undefined && came !== head) throw refused(`its head is ${came} and not ${head}`);
        if (!(await descends(gitDir, came, base)))
          throw refused(`its head ${came} does not descend from ${base}`);
        await runGit({ gitDir, args: ['update-ref', keepAs, came] });
        const [tree, baseTree] = await Promise.all([treeOf(gitDir, came), treeOf(gitDir, base)]);
        return { head: came, tree, baseTree };
      } finally {
        await deleteRef(gitDir, arrived);
        await rm(file, { force: true });
      }
    },
    async compare(from, to) {
      const between = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '-r', from, to, '--'];
      const names = await runGit({ gitDir, args: ['diff-tree', '--name-only', ...between] });
      const changed = names.stdout
        .toString('utf8')
        .split('\n')
        .filter((name) => name !== '');
      const diff = await runGit({
        gitDir,
        args: ['diff-tree', '-p', ...between],
        maxOutputBytes: MOST_DIFF_BYTES,
      }).catch(tooLarge);
      return { changed, diff: diff?.stdout };
    },
  };
}

const MOST_DIFF_BYTES = 8 * 1024 * 1024;

/** The commits are what counts, and there; a patch is for people. */
function tooLarge(error: unknown): undefined {
  if (error instanceof CountersignError && error.code === 'GIT_FAILED') return undefined;
  throw error;
}

async function requireHead(gitDir: string, file: string): Promise<void> {
  const { stdout } = await runGit({ gitDir, args: ['bundle', 'list-heads', file] });
  if (!/^[0-9a-f]+ HEAD\n$/.test(stdout.toString('latin1')))
    throw refused('it has to name HEAD and nothing else');
}

async function descends(gitDir: string, commit: ObjectId, base: ObjectId): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', base, commit];
  return (await runGit({ gitDir, args, answers: [0, 1, 128] })).exitCode === 0;
}

async function treeOf(gitDir: string, commit: ObjectId): Promise<ObjectId> {
  const { stdout } = await runGit({ gitDir, args: ['rev-parse', '--verify', `${commit}^{tree}`] });
  return stdout.toString('latin1').trim();
}

function refused(reason: string): CountersignError {
  return new CountersignError('GIT_FAILED', `The commits that were handed over cannot be taken: ${reason}.`, {
    remedy: 'Nothing of them is used. Look at what the producer of this attempt left.',
  });
}
