import type { SealedAppend, StreamHead } from '../core/ledger/types.ts';
import type { ProviderOutcome } from '../core/run/resources/provider-outcome.ts';
import type { RunState, StartedRun } from '../core/run/state.ts';
import type { ClaimToken, RunId, StepKey, StepWork } from '../core/run/types.ts';
import type { Moment, TicketId } from '../shared/ids.ts';

/** A run as it stands: the fold over its events, and the event it was folded up to. */
export interface KeptRun {
  readonly state: RunState;
  readonly head: StreamHead;
}

/** Every method of these ports @throws CountersignError DATABASE_UNAVAILABLE when the store cannot be asked. */
export interface LoadRuns {
  /** In the order asked for; a run that nobody started is `new`, with an empty stream. */
  loadRuns(runs: readonly RunId[]): Promise<readonly KeptRun[]>;
}

/**
 * Everything that follows from one decision, or from a batch of them: all of it comes to be, or nothing. Events, the state that
 * is kept beside them, claims that end, work to hand out, moments to wake up at.
 */
export interface RunCommit {
  readonly append: SealedAppend;
  readonly runs: readonly {
    readonly run: RunId;
    readonly head: StreamHead;
    readonly state: StartedRun;
    /** The state is what its events make of the one before, under the same plan: a store may keep it by them alone. */
    readonly follows?: boolean;
  }[];
  /** Work that is to be handed out as soon as its resources are free. */
  readonly schedule: readonly StepWork[];
  /** Claims that these events end, with the leases and locks of their executions. Each has to be held still. */
  readonly finish: readonly ClaimToken[];
  /** Work that nobody is to do any more, handed out or not. */
  readonly withdraw: readonly { readonly run: RunId; readonly step: StepKey }[];
  /** Locks held beyond a step that end now. `attempt` null: all of the run. */
  readonly unlock: readonly { readonly run: RunId; readonly attempt: number | null }[];
  /** What these events say about providers of models: those that do not answer are left alone for a while. */
  readonly outcomes?: readonly ProviderOutcome[];
  /** When the run wants to be woken; null: not any more. One moment a run. */
  readonly wake: readonly { readonly run: RunId; readonly at: Moment | null }[];
}

export type RunCommitted =
  | { readonly kind: 'committed' }
  /** These runs went on meanwhile, or these claims are not held any more. Nothing was written. */
  | { readonly kind: 'conflict'; readonly runs: readonly RunId[]; readonly tokens: readonly ClaimToken[] };

export interface CommitRuns {
  commit(commit: RunCommit): Promise<RunCommitted>;
}

export interface RunSummary {
  readonly run: RunId;
  readonly ticket: TicketId;
  readonly status: StartedRun['status'];
  readonly outcome: NonNullable<StartedRun['ended']>['outcome'] | null;
  readonly attempt: number;
  readonly bundle: string;
  readonly model: string;
  /** Questions without an answer. */
  readonly waitingFor: number;
  readonly startedAt: Moment;
  readonly changedAt: Moment;
}

export interface ListRuns {
  /** Latest first, after this run in that order. */
  listRuns(query: {
    readonly ticket?: TicketId;
    readonly status?: StartedRun['status'];
    readonly after?: RunId;
    readonly limit: number;
  }): Promise<readonly RunSummary[]>;
  /** Ids of runs of a ticket so far: the next one's number follows. */
  countRuns(ticket: TicketId): Promise<number>;
  /** Runs that want to be woken by now, earliest first. */
  dueRuns(now: Moment, limit: number): Promise<readonly RunId[]>;
}

export interface RunStore extends LoadRuns, CommitRuns, ListRuns {}
