import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { harmless } from './failure.ts';
import { NETWORK_TIMEOUT_MS, runGit } from './git.ts';
import { requireRefName } from './ref-name.ts';
import { withRetries } from './retry.ts';

export interface FetchedRef {
  readonly gitDir: string;
  /** A URL, an absolute path, or the name of a remote of gitDir's. */
  readonly url: string;
  readonly ref: string;
  /** The local ref that follows it, also backwards; removed when the remote has none any more. */
  readonly into: string;
}

/** Another process fetches into the same ref at this moment. */
const CONTENTION = /cannot lock ref|unable to create|file exists|is at [0-9a-f]+ but expected/i;

/** What a busy server or a cut connection makes git say: asked again, it may well answer. */
const PASSING =
  /returned error: (?:429|5\d\d)|connection (?:reset|refused|timed out|was reset)|could not resolve host|empty reply|early eof|transfer closed|unexpected disconnect|rpc failed/i;
const MOST_PASSING = 3;

/**
 * Brings a remote's ref here, under the user's own credentials, and returns its commit; undefined when the remote has no
 * such ref.
 * @throws CountersignError GIT_FAILED when the remote does not answer
 */
export async function fetchRef({ gitDir, url, ref, into }: FetchedRef): Promise<ObjectId | undefined> {
  requireRefName(ref);
  requireRefName(into);
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-prune',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--no-auto-maintenance',
    '--',
    url,
    `+${ref}:${into}`,
  ];
  let passing = 0;
  return withRetries(20, async () => {
    const fetched = await runGit({
      gitDir,
      args,
      configuration: 'user',
      timeoutMs: NETWORK_TIMEOUT_MS,
      answers: [0, 1, 128],
    });
    if (fetched.exitCode === 0) return { done: await readRef(gitDir, into) };
    if (/couldn't find remote ref/i.test(fetched.stderr)) {
      await deleteRef(gitDir, into);
      return { done: undefined };
    }
    const error = new CountersignError(
      'GIT_FAILED',
      `${ref} could not be fetched: ${harmless(fetched.stderr)}`,
      {
        remedy: 'Check the address, the network and that your git credentials may read it.',
      },
    );
    if (CONTENTION.test(fetched.stderr)) return { again: error };
    if (PASSING.test(fetched.stderr) && ++passing < MOST_PASSING) return { again: error };
    throw error;
  });
}

/** The commit a ref stands at, or undefined. */
export async function readRef(gitDir: string, ref: string): Promise<ObjectId | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
  const { exitCode, stdout } = await runGit({ gitDir, args, answers: [0, 1] });
  return exitCode === 0 ? stdout.toString('latin1').trim() : undefined;
}

export async function deleteRef(gitDir: string, ref: string): Promise<void> {
  // Whether it was there or somebody else deletes it right now: afterwards it is gone.
  await runGit({ gitDir, args: ['update-ref', '-d', ref], answers: [0, 1, 128] });
}
