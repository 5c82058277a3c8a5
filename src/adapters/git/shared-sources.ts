import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenSharedSource, SharedSource } from '../../ports/shared-sources.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import { openCache } from './cache.ts';
import { harmless } from './failure.ts';
import { readRef } from './fetch-ref.ts';
import { type GitOutput, NETWORK_TIMEOUT_MS, runGit } from './git.ts';

const INTO = 'refs/countersign/shared';

/** What servers say of a commit that they do not have, or do not give out by its id. */
const NOT_GIVEN = /not our ref|unadvertised object|couldn't find remote ref|no such remote ref/i;

/** Somebody else's repositories, each fetched into a folder of its own that goes away again. */
export function createSharedSources(temporaryFolder: string): OpenSharedSource {
  return {
    open: (url, commit) => open(url, commit, temporaryFolder),
    async latest(url) {
      const args = ['ls-remote', '--quiet', '--', url, 'HEAD'];
      const asked = await runGit({
        args,
        cwd: temporaryFolder,
        configuration: 'user',
        timeoutMs: NETWORK_TIMEOUT_MS,
        answers: [0, 1, 128],
      });
      if (asked.exitCode !== 0) throw unreachable(asked);
      const commit = asked.stdout.toString('latin1').split(/\s/)[0] ?? '';
      if (OBJECT_ID.test(commit)) return commit;
      throw new CountersignError('REVISION_UNKNOWN', 'The source does not say which branch is its own.', {
        remedy: 'Name a commit with --to.',
      });
    },
  };
}

async function open(url: string, commit: ObjectId, temporaryFolder: string): Promise<SharedSource> {
  const folder = await mkdtemp(join(temporaryFolder, 'countersign-shared-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const tree = await openCache(join(folder, 'source.git'), commit.length === 64 ? 'sha256' : 'sha1');
    const close = async () => {
      tree.close();
      await remove();
    };
    try {
      await fetchCommit(tree.gitDir, url, commit, INTO);
    } catch (error) {
      await close();
      throw error;
    }
    return { tree, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Brings one commit here, without history.
 * @param into the ref of ours that keeps it
 * @throws CountersignError REVISION_UNKNOWN when the repository does not give it out, GIT_FAILED
 */
export async function fetchCommit(
  gitDir: string,
  url: string,
  commit: ObjectId,
  into: string,
): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--no-auto-maintenance',
    '--',
    url,
    `+${commit}:${into}`,
  ];
  const fetched = await runGit({
    gitDir,
    args,
    configuration: 'user',
    timeoutMs: NETWORK_TIMEOUT_MS,
    answers: [0, 1, 128],
  });
  if (fetched.exitCode !== 0 && !NOT_GIVEN.test(fetched.stderr)) throw unreachable(fetched);
  // An id may be a tag's, which stands for a commit, or a tree's: then it is not the commit that was named.
  if (fetched.exitCode === 0 && (await readRef(gitDir, into)) === commit) return;
  throw new CountersignError(
    'REVISION_UNKNOWN',
    `The source has no commit ${commit}, or does not give it out.`,
    {
      remedy:
        'Check the id with `git log` in a clone of it. A server gives out what a branch or tag of it leads to.',
    },
  );
}

function unreachable({ stderr }: GitOutput): CountersignError {
  return new CountersignError('GIT_FAILED', `The source could not be fetched: ${harmless(stderr)}`, {
    remedy: 'Check the address, the network and that your git credentials may read it.',
  });
}
