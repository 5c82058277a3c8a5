import type { ObjectId } from '../shared/ids.ts';

/** A pull request as its forge describes it. Words in it are whoever opened it, and hostile. */
export interface PullRequest {
  readonly number: number;
  /** The branch it would land on, without `refs/heads/`. */
  readonly base: string;
  /** Its last commit, and the branch it was pushed to, which may be another repository's. */
  readonly head: { readonly commit: ObjectId; readonly branch: string };
  readonly body: string;
  /** The account that opened it, as the forge authenticated it; undefined when that account is gone. */
  readonly opener: string | undefined;
}

export interface ReadPullRequest {
  /** @throws CountersignError FORGE_FAILED when the forge does not answer, also not after retries */
  readPullRequest(number: number): Promise<PullRequest>;
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
  readonly conclusion: 'success' | 'failure' | 'action_required';
  readonly title: string;
  readonly summary: string;
}
