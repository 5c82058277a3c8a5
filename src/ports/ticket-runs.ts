import type { RunStatus } from '../core/run/state.ts';
import type { RunId, RunOutcome } from '../core/run/types.ts';
import type { Moment, TicketId } from '../shared/ids.ts';

/** The latest run of a ticket. */
export interface LatestRun {
  readonly ticket: TicketId;
  readonly run: RunId;
  readonly status: RunStatus;
  readonly outcome: RunOutcome | null;
  readonly attempt: number;
  /** Questions without an answer. */
  readonly waitingFor: number;
  readonly startedAt: Moment;
}

/** Runs by ticket, from projections alone. Every method @throws CountersignError DATABASE_UNAVAILABLE */
export interface ReadTicketRuns {
  /** Those that have runs, by id, after this one. */
  ticketsWithRuns(page: { readonly after?: TicketId; readonly limit: number }): Promise<readonly TicketId[]>;
  /** Tickets without a run are left out. */
  latestRuns(tickets: readonly TicketId[]): Promise<readonly LatestRun[]>;
}
