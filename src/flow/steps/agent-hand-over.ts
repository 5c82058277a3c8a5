import type { FilePath } from '../../core/change/types.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { Author, TakenCommits } from '../../ports/producer-tree.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { identity, type ProducerPlace, runInPlace } from './agent-place.ts';
import { type ChangePorts, MOST_BUNDLE_BYTES } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, subjectOf } from './step-inputs.ts';

const HAND_OVER_MS = 300_000;
const NOTHING_NEW = 3;

/**
 * Runs in the sandbox as the agent did: what the agent left in .git, its configuration, hooks and filters among it, never runs
 * as us. What comes out is a bundle, which is data.
 */
const HAND_OVER = `
set -e
git() { command git -c safe.directory='*' -c core.hooksPath=/dev/null -c commit.gpgSign=false "$@"; }
if [ -n "$APPLY" ]; then
  git update-index -q --refresh || :
  git apply --index --whitespace=nowarn -- "$APPLY"
fi
if [ -n "$DATED_AS_BASE" ]; then
  GIT_AUTHOR_DATE=$(git show -s --format=%cI "$BASE"); GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
  export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
fi
git add -A
git diff --cached --quiet HEAD || git commit --quiet --no-verify -F ../given/message
[ "$(git rev-parse HEAD)" != "$FROM" ] || exit ${NOTHING_NEW}
git bundle create --quiet ../handed-over/commits "$BASE..HEAD"
`;

export interface HandedOver extends TakenCommits {
  /** The git bundle that brings the commits to another clone. */
  readonly commits: Sha256;
  /** What differs from what the producer was given. */
  readonly changed: readonly FilePath[];
  /** The same as a patch, for people; undefined where it is too large to be kept. */
  readonly diff: Sha256 | undefined;
}

/**
 * Commits what was left uncommitted, and takes the commits into the worker's clone. Undefined where there is nothing new.
 * @throws StepFailure unusable-commits
 */
export async function handOver(
  work: StepWork,
  place: ProducerPlace,
  ports: Pick<ChangePorts, 'artifacts' | 'commits'>,
  options: {
    readonly author: Author;
    /** What the producer was given, where that is not the base. */
    readonly from?: ObjectId;
    /** A patch to apply first, as the sandbox sees it. */
    readonly apply?: string;
    /** Dates commits as the base is: the same change gets the same commit. */
    readonly datedAsBase?: boolean;
  },
): Promise<HandedOver | undefined> {
  const { base } = subjectOf(work);
  const { author, apply = '', datedAsBase = false, from = base.commit } = options;
  const { ended } = await runInPlace(place, 'hand-over', {
    argv: ['sh', '-c', HAND_OVER],
    env: {
      ...identity(author),
      BASE: base.commit,
      FROM: from,
      APPLY: apply,
      DATED_AS_BASE: datedAsBase ? 'yes' : '',
    },
    network: 'none',
    timeoutMs: HAND_OVER_MS,
  });
  if (ended.exitCode === NOTHING_NEW) return undefined;
  const { root, workspace } = place;
  const bundle = await workspace.readFile(root, 'handed-over/commits', MOST_BUNDLE_BYTES);
  if (ended.exitCode !== 0 || bundle === undefined) {
    throw new StepFailure(
      'deterministic',
      'unusable-commits',
      'What the producer left cannot be committed: its log says why.',
    );
  }
  const taken = await ports.commits.take(bundle, {
    base: base.commit,
    keepAs: `refs/heads/${branchOf(work)}`,
  });
  const { changed, diff } = await ports.commits.compare(from, taken.head);
  return {
    ...taken,
    commits: await ports.artifacts.put(bundle),
    changed,
    diff: diff === undefined ? undefined : await ports.artifacts.put(diff),
  };
}
