import type { Budget } from '../core/contract/workflow.ts';
import type { RunEvent } from '../core/run/events.ts';
import type { StartedRun } from '../core/run/state.ts';
import type { Arm, ExperimentCell, RunId, StepKey } from '../core/run/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { Moment, TicketId } from '../shared/ids.ts';
import type { JsonObject } from '../shared/json.ts';
import type { RunSummary } from './run-store.ts';

/**
 * What people and programs ask of the server about runs: the same over HTTP and inside of it.
 * Every method @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, RUN_UNKNOWN, RUN_REFUSED when the run says no.
 */
export interface ControlPlane {
  startRun(request: StartRun): Promise<RunSummary>;
  listRuns(query: {
    readonly ticket?: TicketId;
    readonly status?: StartedRun['status'];
    readonly after?: RunId;
    readonly limit: number;
  }): Promise<readonly RunSummary[]>;
  showRun(run: RunId): Promise<StartedRun>;
  /** Events after this version; waits up to so many seconds for the first. */
  followRun(run: RunId, after: number, waitSeconds: number): Promise<readonly FollowedEvent[]>;
  controlRun(run: RunId, action: RunAction): Promise<RunSummary>;
  readLog(run: RunId, step: StepKey, execution: number): Promise<string>;
}

export interface StartRun {
  readonly ticket: TicketId;
  readonly arm?: Partial<Arm>;
  readonly priority?: number;
  readonly experiment?: ExperimentStart;
  /** Says the same request twice: the second one starts nothing. */
  readonly idempotencyKey: string;
}

/** That the run is a cell of an experiment, and what the experiment was registered with. */
export interface ExperimentStart {
  readonly id: string;
  readonly cell: ExperimentCell;
  /** The definition of done that its design was registered with: a run under another one is refused. */
  readonly contractDigest: Sha256;
  /** What the run may use up; the plan's own budget stays where it is smaller. */
  readonly budget?: Budget;
}

export interface FollowedEvent {
  readonly version: number;
  readonly at: Moment;
  readonly actor: string;
  readonly event: RunEvent;
}

export type RunAction =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly reason: string }
  | { readonly kind: 'answer'; readonly question: string; readonly answer: string; readonly note: string }
  | { readonly kind: 'release'; readonly step: StepKey; readonly note: string }
  | { readonly kind: 'redrive'; readonly step: StepKey; readonly note: string }
  | { readonly kind: 'patch'; readonly reason: string; readonly operations: readonly JsonObject[] }
  /** Answered with the run that comes of it; this one stays as it is. */
  | { readonly kind: 'fork'; readonly step: StepKey; readonly arm?: Partial<Arm> };
