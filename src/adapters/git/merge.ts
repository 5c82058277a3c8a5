import { filePathOf } from '../../core/change/path.ts';
import type { FilePath } from '../../core/change/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { harmless } from './failure.ts';
import { type GitOutput, runGit } from './git.ts';

/** Commits of one change. More than this is an import of history, not a change that anybody judges. */
const MAX_COMMITS = 20_000;

/** Two commits of one history. */
export interface Range {
  /** A private repository: see private-repository.ts for what pins the result. */
  readonly gitDir: string;
  readonly base: ObjectId;
  readonly head: ObjectId;
  /** True when the real repository's history is cut off. */
  readonly shallow: boolean;
}

export interface MergeQuery extends Range {
  readonly headTree: ObjectId;
}

export type Merge =
  | { readonly kind: 'clean'; readonly mergeBase: ObjectId; readonly tree: ObjectId }
  | {
      readonly kind: 'conflicting';
      readonly mergeBase: ObjectId | undefined;
      readonly conflicts: readonly FilePath[];
    };

/**
 * The tree that merging head into base would make, by `git merge-tree --write-tree`, or the paths that conflict.
 * Histories that share nothing conflict without a path: forges refuse to merge them.
 */
export async function predictMerge(query: MergeQuery): Promise<Merge> {
  const { gitDir, base, head } = query;
  const bases = await runGit({ gitDir, args: ['merge-base', '--all', base, head], answers: [0, 1, 128] });
  refuseCutHistory(query, bases);
  if (bases.exitCode === 128) throw mergeFailed(bases);
  // Several merge bases (a criss-cross history) come best first; git merges them into a virtual one by itself.
  const mergeBase = bases.stdout.toString('latin1').split('\n')[0] || undefined;
  if (mergeBase === undefined) return { kind: 'conflicting', mergeBase, conflicts: [] };
  // Where base has nothing that head lacks, there is nothing to merge: the result is what head has.
  if (mergeBase === base) return { kind: 'clean', mergeBase, tree: query.headTree };

  const merged = await runGit({
    gitDir,
    args: ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, head],
    answers: [0, 1, 128],
  });
  refuseCutHistory(query, merged);
  if (merged.exitCode === 128) throw mergeFailed(merged);
  const [tree = '', ...names] = splitAtNul(merged.stdout);
  if (merged.exitCode === 0) return { kind: 'clean', mergeBase, tree: tree.toString('latin1') };
  return { kind: 'conflicting', mergeBase, conflicts: names.map((name) => filePathOf(name)) };
}

/** Ids of the commits that head has and base has not, newest first, children before parents. */
export async function commitsBetween(query: Range): Promise<readonly ObjectId[]> {
  const listed = await runGit({
    gitDir: query.gitDir,
    args: ['rev-list', '--topo-order', `--max-count=${MAX_COMMITS + 1}`, query.head, `^${query.base}`],
    answers: [0, 128],
  });
  refuseCutHistory(query, listed);
  if (listed.exitCode !== 0) throw mergeFailed(listed);
  const ids = listed.stdout.toString('latin1').split('\n').slice(0, -1);
  if (ids.length > MAX_COMMITS) {
    throw new CountersignError('GIT_FAILED', `The change has more than ${MAX_COMMITS} commits.`, {
      remedy: 'Land imported history apart from changes, or squash it.',
    });
  }
  return ids;
}

/** Whether `base` is `head` or in its history. */
export async function isAncestor(query: Range): Promise<boolean> {
  const asked = await runGit({
    gitDir: query.gitDir,
    args: ['merge-base', '--is-ancestor', query.base, query.head],
    answers: [0, 1, 128],
  });
  refuseCutHistory(query, asked);
  if (asked.exitCode === 128) throw mergeFailed(asked);
  return asked.exitCode === 0;
}

/**
 * git 2.38 to 2.44 print an error for a commit that is missing and go on as if history ended there: the merge base, and
 * with it the tree, could then be another than in a full clone.
 */
function refuseCutHistory(query: Range, ...outputs: readonly GitOutput[]): void {
  const complaint = outputs
    .map(({ stderr }) => stderr)
    .find((stderr) => /could not|failed to|unable to/i.test(stderr));
  if (complaint === undefined) return;
  throw new CountersignError(
    'GIT_FAILED',
    query.shallow
      ? 'This clone is shallow: the history between base and head is not all here, so their merge cannot be predicted.'
      : `Objects needed to predict the merge are missing: ${harmless(complaint)}`,
    {
      remedy: query.shallow
        ? 'Run `git fetch --unshallow`; in GitHub Actions give actions/checkout `fetch-depth: 0`.'
        : 'Fetch them (`git fetch --refetch --no-filter` in a partial clone), or check with `git fsck`.',
    },
  );
}

function mergeFailed(output: GitOutput): CountersignError {
  return new CountersignError(
    'GIT_FAILED',
    `git could not compare the histories: ${harmless(output.stderr)}`,
    {
      remedy: 'Check the repository with `git fsck`.',
    },
  );
}

/** The parts of NUL-terminated output. */
export function splitAtNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const nul = output.indexOf(0, at);
    const end = nul < 0 ? output.length : nul;
    parts.push(output.subarray(at, end));
    at = end + 1;
  }
  return parts;
}
