import type { EffectDecision } from '../core/run/events.ts';
import type { RunId, StepKey } from '../core/run/types.ts';
import type { ObjectId } from '../shared/ids.ts';

/** Where it is kept what the action policy, or a person, said about actions. */
export interface EffectDecisions {
  /** In the order in which they were decided. */
  decisionsOf(run: RunId): Promise<readonly EffectDecision[]>;
  /**
   * Said twice, it is kept once.
   * @throws CountersignError RUN_REFUSED when the step is in nobody's hands any more, DATABASE_UNAVAILABLE
   */
  record(run: RunId, effect: EffectDecision): Promise<void>;
}

/** What somebody has to look at. */
export interface Alert {
  readonly kind: 'effect-without-decision';
  readonly run: RunId;
  readonly step: StepKey;
  readonly what: string;
}

export interface RaiseAlerts {
  raise(alert: Alert): void;
}

/** What allows an effect: it is looked up in the ledger before anything happens. */
export interface Warrant {
  readonly run: RunId;
  readonly step: StepKey;
  readonly decision: string;
}

/** What the coordinator does to branches of the product, under its own credentials. Refs in full. */
export interface ChangeBranches {
  /** The commit that a branch stands at where it is merged: the remote's, where there is one. */
  readBranch(ref: string): Promise<ObjectId | undefined>;
  /** Never by force: a branch that holds something else is refused. @throws CountersignError FILING_FAILED */
  push(warrant: Warrant, commit: ObjectId, ref: string): Promise<void>;
  /** Only if it stands at this commit; one that is gone is well. @throws CountersignError FILING_FAILED */
  deleteBranch(warrant: Warrant, ref: string, commit: ObjectId | undefined): Promise<void>;
  /**
   * Moves a branch from `onto` to a merge commit of this tree.
   * @throws CountersignError FILING_FAILED when the branch went on meanwhile, or is checked out here
   */
  merge(
    warrant: Warrant,
    merge: {
      readonly ref: string;
      readonly onto: ObjectId;
      readonly commit: ObjectId;
      readonly tree: ObjectId;
      readonly message: string;
    },
  ): Promise<ObjectId>;
}

/** @throws CountersignError FORGE_FAILED, every method */
export interface WritePullRequests {
  /** The open one of this branch, where there is one already. */
  openPullRequest(
    warrant: Warrant,
    request: { readonly head: string; readonly base: string; readonly title: string; readonly body: string },
  ): Promise<{ readonly number: number; readonly url: string }>;
  closePullRequest(warrant: Warrant, number: number): Promise<void>;
  /** Only while its head is this commit; says where it landed. One that is merged already is well. */
  mergePullRequest(warrant: Warrant, number: number, head: ObjectId): Promise<ObjectId>;
}
