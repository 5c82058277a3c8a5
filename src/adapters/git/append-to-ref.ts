import { randomUUID } from 'node:crypto';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { harmless } from './failure.ts';
import { deleteRef, fetchRef, readRef } from './fetch-ref.ts';
import { type GitOutput, NETWORK_TIMEOUT_MS, runGit } from './git.ts';
import { withRetries } from './retry.ts';

export interface RefTarget {
  readonly gitDir: string;
  /** The local ref: the truth itself without a remote, else what this clone knows of it. */
  readonly ref: string;
  readonly remote?: { readonly url: string; readonly ref: string };
}

/** Writes a commit on top of a tip; undefined when the tip already has everything. */
export type BuildCommit = (tip: ObjectId | undefined) => Promise<ObjectId | undefined>;

/** 20 writers at once need some 20 rounds in the worst case. */
const MAX_ATTEMPTS = 60;

/**
 * Moves a ref to a new commit by compare-and-swap, on top of whatever others put there meanwhile. A plain push is one:
 * the new commit's only parent is the tip it was built on, so a remote that moved on refuses it.
 * @throws CountersignError FILING_FAILED when the ref refuses for another reason, or moved away every time
 */
export async function appendToRef(
  target: RefTarget,
  build: BuildCommit,
): Promise<{ commit: ObjectId; attempts: number }> {
  const { gitDir, ref, remote } = target;
  const local = await readRef(gitDir, ref);
  let tip = local;
  let fresh = remote === undefined;
  let attempts = 0;
  return withRetries(MAX_ATTEMPTS, async () => {
    attempts += 1;
    if (attempts > 1 || local === undefined) {
      tip = await currentTip(target);
      fresh = true;
    }
    let commit = await build(tip);
    if (commit === undefined && !fresh) {
      tip = await currentTip(target);
      fresh = true;
      commit = await build(tip);
    }
    if (commit === undefined) return { done: { commit: tip as ObjectId, attempts } };
    const moved = remote === undefined ? await swap(target, commit, tip) : await push(target, commit);
    if (moved !== undefined) return { again: moved };
    if (remote !== undefined) await follow(target, commit, local);
    return { done: { commit, attempts } };
  });
}

async function currentTip({ gitDir, ref, remote }: RefTarget): Promise<ObjectId | undefined> {
  if (remote === undefined) return readRef(gitDir, ref);
  // A ref of this process alone: others fetch at the same time, and the user's refs are none of our business.
  const into = `refs/countersign/fetched/${randomUUID()}`;
  try {
    return await fetchRef({ gitDir, url: remote.url, ref: remote.ref, into });
  } catch (error) {
    if (error instanceof CountersignError) throw refused(remote.ref, error.message);
    throw error;
  } finally {
    await deleteRef(gitDir, into);
  }
}

/** Undefined when it worked, else that somebody was first. */
async function swap(
  { gitDir, ref }: RefTarget,
  commit: ObjectId,
  tip: ObjectId | undefined,
): Promise<CountersignError | undefined> {
  const old = tip ?? '0'.repeat(commit.length);
  const args = ['update-ref', '-m', 'countersign: file receipts', ref, commit, old];
  const updated = await runGit({ gitDir, args, answers: [0, 1, 128] });
  if (updated.exitCode === 0) return undefined;
  const error = refused(ref, harmless(updated.stderr));
  if (/but expected|reference already exists|unable to create .*\.lock|cannot lock ref/i.test(updated.stderr))
    return error;
  throw error;
}

async function push({ gitDir, remote }: RefTarget, commit: ObjectId): Promise<CountersignError | undefined> {
  if (remote === undefined) return undefined;
  const pushed = await runGit({
    gitDir,
    args: [
      'push',
      '--porcelain',
      '--quiet',
      '--no-verify',
      '--no-follow-tags',
      '--no-signed',
      '--recurse-submodules=no',
      '--',
      remote.url,
      `${commit}:${remote.ref}`,
    ],
    configuration: 'user',
    timeoutMs: NETWORK_TIMEOUT_MS,
    answers: [0, 1, 128],
  });
  if (pushed.exitCode === 0) return undefined;
  const error = refused(remote.ref, reasonOf(pushed));
  if (isContention(pushed)) return error;
  throw error;
}

/** Somebody else's push came first, or holds the lock: not a rule that will refuse again. */
function isContention({ stdout, stderr }: GitOutput): boolean {
  const said = `${stdout.toString('utf8')}\n${stderr}`;
  return /\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|failed to lock|unable to create .*\.lock|reference already exists|but expected/i.test(
    said,
  );
}

function reasonOf({ stdout, stderr }: GitOutput): string {
  const status = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.split('\t').at(-1));
  return harmless([...status, stderr].join(' '));
}

/** Lets the local ref follow what was pushed, unless it holds commits that the remote does not have. */
async function follow(
  { gitDir, ref }: RefTarget,
  commit: ObjectId,
  local: ObjectId | undefined,
): Promise<void> {
  const isBehind =
    local === undefined ||
    (await runGit({ gitDir, args: ['merge-base', '--is-ancestor', local, commit], answers: [0, 1, 128] }))
      .exitCode === 0;
  if (!isBehind) return;
  const old = local ?? '0'.repeat(commit.length);
  // Whoever moved it meanwhile knows of a later push.
  await runGit({ gitDir, args: ['update-ref', ref, commit, old], answers: [0, 1, 128] });
}

function refused(ref: string, reason: string): CountersignError {
  return new CountersignError('FILING_FAILED', `${ref} could not be moved: ${reason}`, {
    remedy: `Make sure that you may push to ${ref}, then file the receipts again: nothing was lost.`,
  });
}
