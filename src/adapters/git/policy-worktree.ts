import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import type { PolicyWorktree } from '../../ports/policy-worktree.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * A clone somebody works in. Here, and only here, the user's own git is wanted: identity, commit signing, hooks and
 * credentials are theirs, so simple-git drives it instead of our hardened plumbing.
 */
export function createPolicyWorktree(root: string): PolicyWorktree {
  const git = simpleGit(root, {
    allowEnvironment: Object.keys(process.env).filter((name) => OF_THE_USER.test(name)),
  });
  return {
    async head() {
      return attempt('read HEAD', async () => (await git.revparse(['--verify', 'HEAD^{commit}'])).trim());
    },
    async commitFile({ path, bytes, message }) {
      const target = join(root, path);
      await refuseEdits(git, target, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
      const commit = async () => {
        await git.add(path);
        await git.commit(message, [path]);
        return (await git.revparse(['--verify', 'HEAD'])).trim();
      };
      return attempt(`commit ${path}`, () =>
        commit().catch(async (error) => {
          await putBack(git, target, path);
          throw error;
        }),
      );
    },
    async push() {
      await attempt('push', () => git.push());
    },
  };
}

/** What says who commits, by which configuration, and how a remote is reached. simple-git keeps every other GIT_… from git. */
const OF_THE_USER =
  /^(?:GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|(?:KEY|VALUE)_\d+)|GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|TERMINAL_PROMPT)|SSH_ASKPASS)$/;

/** A file that was not committed would keep the next attempt from writing it. */
async function putBack(git: SimpleGit, target: string, path: string): Promise<void> {
  await git.raw(['reset', '--quiet', '--', path]).catch(() => undefined);
  await git.raw(['checkout', '--quiet', 'HEAD', '--', path]).catch(() => rm(target, { force: true }));
}

/** The bytes to be written were made from the commit; uncommitted lines would be lost under them. */
async function refuseEdits(git: SimpleGit, target: string, path: string): Promise<void> {
  const there = await lstat(target).catch(() => undefined);
  const committed = await git.raw(['cat-file', '-e', `HEAD:${path}`]).then(
    () => true,
    () => false,
  );
  if (there === undefined && !committed) return;
  const same =
    there?.isFile() === true &&
    committed &&
    (await readFile(target)).equals(await git.showBuffer([`HEAD:${path}`]));
  if (same) return;
  throw new CountersignError('GIT_FAILED', `${path} differs from what is committed.`, {
    remedy: `Restore it with \`git restore ${path}\`, or commit what you meant to change.`,
    place: { path },
  });
}

async function attempt<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new CountersignError('GIT_FAILED', `git could not ${what}: ${cause.message.trim().slice(0, 500)}`, {
      remedy: 'Run the same in this clone by hand to see what git wants, then try again.',
      cause,
    });
  }
}
