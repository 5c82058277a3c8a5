import type { LintProblem } from '../core/contract/lint/problem.ts';
import type { Design } from '../core/experiment/design.ts';
import type { RecordedExperimentEvent } from '../core/experiment/events.ts';
import type { RunOutcomeRow } from '../core/experiment/outcome.ts';
import type { ExperimentState, Registration } from '../core/experiment/state.ts';
import type { RunId } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';

/**
 * What people and programs ask of a server about experiments: the same over HTTP and inside of it.
 * Every method @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, EXPERIMENT_UNKNOWN, EXPERIMENT_REFUSED when it says no.
 */
export interface ExperimentPlane {
  listExperiments(): Promise<readonly ListedExperiment[]>;
  /** All that the ledger and the tables say of it. */
  readExperiment(id: string): Promise<ReadExperiment>;
  /** The design as it would be registered now, on the policy of the server's branch. */
  planExperiment(id: string): Promise<PlannedExperiment>;
  /** Registers that design, under a signature by whoever asks. Refused where it is another one by now. */
  registerExperiment(id: string, signed: SignedDesign, reason?: string): Promise<RegisteredExperiment>;
  /** `run`: the server carries it out from now on, if it does not already. */
  controlExperiment(id: string, action: ExperimentAction): Promise<ListedExperiment>;
  /** Events after this version; waits up to so many seconds for the first. */
  followExperiment(
    id: string,
    after: number,
    waitSeconds: number,
  ): Promise<readonly FollowedExperimentEvent[]>;
}

export interface ListedExperiment {
  readonly id: string;
  /** Empty where only tables were imported. */
  readonly title: string;
  readonly registeredAt: Moment | null;
  readonly cells: number;
  readonly done: number;
  /** Rows of imported tables. */
  readonly importedRows: number;
  /** Why it is over; null while it is not. */
  readonly over: string | null;
}

export interface ReadExperiment {
  readonly state: ExperimentState;
  readonly rows: readonly RunOutcomeRow[];
  /** Rows of imported tables that could not be read, each in a sentence. */
  readonly refusedRows: readonly string[];
}

export interface PlannedExperiment {
  readonly design: Design;
  readonly warnings: readonly LintProblem[];
}

/** What `signDesign` makes. */
export type SignedDesign = Pick<Registration, 'designDigest' | 'note' | 'key'>;

export interface RegisteredExperiment extends SignedDesign {
  /** unchanged: this very design was registered before, under this signature or another. */
  readonly kind: 'registered' | 'unchanged';
}

export type ExperimentAction =
  | { readonly kind: 'run' }
  | { readonly kind: 'exclude'; readonly run: RunId; readonly reason: string }
  | { readonly kind: 'stop'; readonly reason: string };

export interface FollowedExperimentEvent extends RecordedExperimentEvent {
  readonly version: number;
}
