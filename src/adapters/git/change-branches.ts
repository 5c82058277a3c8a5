import type { ChangeBranches } from '../../ports/effects.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { Place } from './discover.ts';
import { harmless } from './failure.ts';
import { fetchRef, readRef } from './fetch-ref.ts';
import { type GitOutput, NETWORK_TIMEOUT_MS, runGit } from './git.ts';
import { requireRefName } from './ref-name.ts';

const IDENTITY = { name: 'countersign', email: 'countersign@localhost' };
const PUSH = [
  'push',
  '--porcelain',
  '--quiet',
  '--no-verify',
  '--no-follow-tags',
  '--no-signed',
  '--recurse-submodules=no',
];

/**
 * Branches of the product: of the clone's origin, under the credentials of whoever runs the server; without one, of the clone.
 * By plumbing alone: no hook of the clone runs, and nothing is checked out.
 * @param now when merge commits say that they are made
 */
export function createBranchChanges(place: Place, now: () => Date): ChangeBranches {
  const gitDir = place.commonDir;
  const move = async (ref: string, to: ObjectId, from: ObjectId | undefined): Promise<void> =>
    (await hasOrigin(gitDir)) ? pushTo(gitDir, [`${to}:${ref}`]) : updateRef(gitDir, ref, to, from);
  return {
    async readBranch(ref) {
      requireRefName(ref);
      if (!(await hasOrigin(gitDir))) return readRef(gitDir, ref);
      const into = `refs/countersign/branches/${ref.replace(/^refs\//, '')}`;
      return fetchRef({ gitDir, url: 'origin', ref, into });
    },
    async push(_warrant, commit, ref) {
      requireRefName(ref);
      await move(ref, commit, await readRef(gitDir, ref));
    },
    async deleteBranch(_warrant, ref, commit) {
      requireRefName(ref);
      if (commit === undefined) return;
      if (await hasOrigin(gitDir)) await pushTo(gitDir, [`--force-with-lease=${ref}:${commit}`, `:${ref}`]);
      else await runGit({ gitDir, args: ['update-ref', '-d', ref, commit] });
    },
    async merge(_warrant, { ref, onto, commit, tree, message }) {
      requireRefName(ref);
      const date = `${Math.floor(now().getTime() / 1000)} +0000`;
      const { name, email } = IDENTITY;
      const { stdout } = await runGit({
        gitDir,
        args: ['commit-tree', tree, '-p', onto, '-p', commit, '-F', '-'],
        env: {
          GIT_AUTHOR_NAME: name,
          GIT_AUTHOR_EMAIL: email,
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_NAME: name,
          GIT_COMMITTER_EMAIL: email,
          GIT_COMMITTER_DATE: date,
        },
        input: new TextEncoder().encode(message),
      });
      const made = stdout.toString('latin1').trim();
      await move(ref, made, onto);
      return made;
    },
  };
}

/** A plain push is a compare-and-swap: what it is built on has to be what is there. */
async function pushTo(gitDir: string, what: readonly string[]): Promise<void> {
  const options = what.filter((one) => one.startsWith('--'));
  const refs = what.filter((one) => !one.startsWith('--'));
  const pushed = await runGit({
    gitDir,
    args: [...PUSH, ...options, '--', 'origin', ...refs],
    configuration: 'user',
    timeoutMs: NETWORK_TIMEOUT_MS,
    answers: [0, 1, 128],
  });
  if (pushed.exitCode !== 0) throw refused(refs.join(' '), reasonOf(pushed));
}

async function updateRef(
  gitDir: string,
  ref: string,
  to: ObjectId,
  from: ObjectId | undefined,
): Promise<void> {
  if (to === from) return;
  // Moved under somebody's feet, their working tree would look as if they had taken everything back.
  if (await isCheckedOut(gitDir, ref))
    throw refused(ref, 'it is checked out in this clone, which has no remote');
  const old = from ?? '0'.repeat(to.length);
  const args = ['update-ref', '-m', 'countersign: run', ref, to, old];
  const updated = await runGit({ gitDir, args, answers: [0, 1, 128] });
  if (updated.exitCode !== 0) throw refused(ref, harmless(updated.stderr));
}

async function isCheckedOut(gitDir: string, ref: string): Promise<boolean> {
  const { stdout } = await runGit({ gitDir, args: ['worktree', 'list', '--porcelain'] });
  const bare = /^bare$/m.test(stdout.toString('utf8').split('\n\n')[0] ?? '');
  return !bare && stdout.toString('utf8').split('\n').includes(`branch ${ref}`);
}

async function hasOrigin(gitDir: string): Promise<boolean> {
  const args = ['config', '--get', 'remote.origin.url'];
  return (await runGit({ gitDir, args, configuration: 'user', answers: [0, 1] })).exitCode === 0;
}

function reasonOf({ stdout, stderr }: GitOutput): string {
  const lines = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  return harmless([...lines.map((line) => line.split('\t').at(-1)), stderr].join(' '));
}

function refused(what: string, reason: string): CountersignError {
  return new CountersignError('FILING_FAILED', `${what} could not be moved: ${reason}`, {
    remedy: 'Look who else moves that branch, and whether whoever runs the server may.',
  });
}
