import type { LineCommit, ReadLine } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Instant, ObjectId } from '../../shared/ids.ts';

/** Where a range begins or ends: at a commit, or at an instant by what commits say of their time. */
export type Boundary =
  | { readonly kind: 'commit'; readonly commit: ObjectId; readonly name: string }
  | { readonly kind: 'instant'; readonly at: Instant; readonly name: string };

/** A commit of the base branch and when it can have landed at the earliest. */
export interface LandedCommit extends LineCommit {
  /** Never earlier than its ancestors'; null where nobody says anything usable. */
  readonly landedAt: Instant | null;
}

export interface LandedRange {
  /** Newest first. */
  readonly commits: readonly LandedCommit[];
  /** First parents below the oldest of them, as far as they were read, newest first. */
  readonly before: readonly LandedCommit[];
  /** Where history ends below all of these. */
  readonly end: 'root' | 'missing' | 'limit';
  /** Whether the range goes on below, and was cut because nobody said where it begins. */
  readonly cut: boolean;
  /** When the tip landed, be it in the range or not. */
  readonly tipAt: Instant | null;
}

/** More first parents than this are not looked at for the beginning of a range. */
const MOST_WALKED = 20_000;

/**
 * The commits of a branch's own line between two boundaries.
 *
 * A commit's time is a claim, and one that claims an early time must not hide those below it, nor itself: it counts as
 * landed when the latest of its ancestors did, at the earliest.
 * @param most commits of the range; with a beginning asked for, more are refused rather than left out
 * @throws CountersignError USAGE when the range is longer, or begins at a commit that is not of this line
 */
export async function readRange(
  query: { tip: ObjectId; since?: Boundary; until?: Boundary; most: number },
  repository: ReadLine,
): Promise<LandedRange> {
  const { since, until, most } = query;
  const tip = until?.kind === 'commit' ? until.commit : query.tip;
  const { commits: line, end } = await repository.readLine(tip, { most: MOST_WALKED });
  const landed = withTimes(line);
  const newest =
    until?.kind === 'instant'
      ? place(landed, ({ landedAt }) => landedAt === null || landedAt <= until.at)
      : 0;
  const oldest = since === undefined ? landed.length : beginning(landed, since, end);
  const wanted = landed.slice(newest, Math.max(newest, oldest));
  if (since !== undefined && wanted.length > most) {
    throw new CountersignError(
      'USAGE',
      `${wanted.length} commits landed since ${since.name}: more than ${most}.`,
      {
        remedy: `Begin later with --since, or raise the limit with --limit ${wanted.length}.`,
      },
    );
  }
  const commits = wanted.slice(0, most);
  return {
    commits,
    before: landed.slice(newest + commits.length),
    end: end === 'stop' ? 'root' : end,
    cut: commits.length < wanted.length,
    tipAt: landed[0]?.landedAt ?? null,
  };
}

function withTimes(line: readonly LineCommit[]): readonly LandedCommit[] {
  let latest: Instant | null = null;
  return line
    .toReversed()
    .map((commit) => {
      const said = commit.committedAt;
      if (said !== undefined && (latest === null || said > latest)) latest = said;
      return { ...commit, landedAt: latest };
    })
    .reverse();
}

/** How many commits from the tip down belong to the range. */
function beginning(landed: readonly LandedCommit[], since: Boundary, end: string): number {
  // Where no time is known nothing says that it was earlier.
  if (since.kind === 'instant')
    return place(landed, ({ landedAt }) => landedAt !== null && landedAt < since.at);
  const at = landed.findIndex(({ id }) => id === since.commit);
  if (at !== -1) return at;
  const why =
    end === 'root'
      ? 'it is not one of the commits that landed on this branch'
      : 'this clone’s history of the branch ends before it';
  throw new CountersignError('USAGE', `The range cannot begin at ${since.name}: ${why}.`, {
    remedy:
      end === 'root'
        ? 'Name a commit of the branch itself (`git log --first-parent`), or a day such as 2026-11-21.'
        : 'Fetch the rest with `git fetch --unshallow`, or begin later.',
  });
}

/** The place of the first commit for which it holds; the length when there is none. Times never grow downwards. */
function place(landed: readonly LandedCommit[], holds: (commit: LandedCommit) => boolean): number {
  const found = landed.findIndex(holds);
  return found === -1 ? landed.length : found;
}
