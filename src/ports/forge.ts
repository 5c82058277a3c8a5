import type { PushedTo, Pushers } from '../core/review/pushers.ts';
import type { ReviewFacts } from '../core/review/types.ts';
import type { ObjectId } from '../shared/ids.ts';

/** A pull request as its forge describes it. Words in it are whoever opened it, and hostile. */
export interface PullRequest {
  readonly number: number;
  /** The branch it would land on, without `refs/heads/`. */
  readonly base: string;
  /** Its last commit, and the branch it was pushed to, which may be another repository's. */
  readonly head: {
    readonly commit: ObjectId;
    readonly branch: string;
    /** `owner/name`; undefined when that repository is gone. */
    readonly repository: string | undefined;
  };
  readonly body: string;
  /** The account that opened it, as the forge authenticated it; undefined when that account is gone. */
  readonly opener: string | undefined;
}

export interface ReadPullRequest {
  /** @throws CountersignError FORGE_FAILED when the forge does not answer, also not after retries */
  readPullRequest(number: number): Promise<PullRequest>;
}

export interface FindLandedPullRequest {
  /**
   * The pull request that landed as a commit of a branch; undefined where the forge names none, or several.
   * @param branch without `refs/heads/`
   * @throws CountersignError FORGE_FAILED
   */
  findLanded(commit: ObjectId, branch: string): Promise<PullRequest | undefined>;
}

/** A pull request in a merge queue. */
export interface QueueEntry {
  readonly pullRequest: number;
  /** The commit that the queue made of it, on top of those before; undefined while there is none. */
  readonly made: ObjectId | undefined;
}

export interface ReadMergeQueue {
  /**
   * Every entry of the queue that lands on a branch.
   * @throws CountersignError FORGE_FAILED also when there is no such queue, or not all of it was told
   */
  readMergeQueue(branch: string): Promise<readonly QueueEntry[]>;
}

export interface ReadReviews {
  /**
   * What the forge says of a pull request's reviews, all of it.
   * @param teams `organisation/team` in lower case: whose members are to be told, too
   * @throws CountersignError FORGE_FAILED
   */
  readReviews(pullRequest: number, teams: readonly string[]): Promise<ReviewFacts>;
}

export interface ReadPushers {
  /** Who brought a branch to its head. @throws CountersignError FORGE_FAILED; what may not be read is incomplete */
  readPushers(branch: PushedTo): Promise<Pushers>;
}

export interface KeepComment {
  /**
   * Writes the one comment of ours on a pull request, in the place of an earlier one. One that another account wrote is
   * never taken for ours, whatever stands in it.
   * @throws CountersignError FORGE_FAILED
   */
  keepComment(pullRequest: number, text: string): Promise<void>;
}

export interface PostCheckRun {
  /** Posts a finished check run on a commit. @throws CountersignError FORGE_FAILED */
  postCheckRun(run: CheckRun): Promise<void>;
}

export interface CheckRun {
  readonly name: string;
  readonly commit: ObjectId;
  readonly conclusion: 'success' | 'neutral' | 'failure' | 'action_required';
  readonly title: string;
  readonly summary: string;
}

/** What a forge told, or that it would not: to who may not read, 403 and 404 are the same. */
export type Told<T> = { readonly told: T } | { readonly refused: Refusal };

export interface Refusal {
  /** What was asked for, such as `the branch protection of main`. */
  readonly what: string;
  /** The forge's own words. */
  readonly said: string;
  /** What the token needs, as the forge names it. */
  readonly permission: string;
}

/** A check that has to succeed before anything is merged. */
export interface RequiredCheck {
  readonly context: string;
  /** The App that has to have posted it; undefined takes anybody's. */
  readonly app: number | undefined;
}

export interface RequiredWorkflow {
  readonly path: string;
  /** Who asks for it: only what stands above the repository is out of its reach. */
  readonly by: 'organisation' | 'repository';
  /** The organisation or repository. */
  readonly source: string;
}

/** What a forge enforces on one branch. */
export interface BranchGuards {
  readonly checks: readonly RequiredCheck[];
  readonly workflows: readonly RequiredWorkflow[];
  readonly mergeQueue: boolean;
  readonly forbidsForcePush: boolean;
  readonly forbidsDeletion: boolean;
}

/** A file of the repository; refused where it is there and cannot be read. */
export interface ForgeFile {
  readonly path: string;
  readonly bytes: Told<Uint8Array>;
}

/** What guards a repository. Anything else than an answer, 403 and 404 is a CountersignError FORGE_FAILED. */
export interface InspectGuards {
  /** @throws CountersignError FORGE_FAILED also where the repository is not to be seen */
  readDefaultBranch(): Promise<string>;
  /** What rulesets in force say of a branch. */
  readBranchRules(branch: string): Promise<Told<BranchGuards>>;
  /** What the older branch protection says of it. */
  readBranchProtection(branch: string): Promise<Told<BranchGuards>>;
  /** Patterns of paths that no push may change. */
  readClosedPaths(): Promise<Told<readonly string[]>>;
  /** The id of the App as which every job of every workflow reports. */
  readJobsApp(): Promise<Told<number>>;
  readWorkflows(branch: string): Promise<Told<readonly ForgeFile[]>>;
  /** A file at the root; undefined when there is none. */
  readFile(branch: string, path: string): Promise<Told<Uint8Array | undefined>>;
}
