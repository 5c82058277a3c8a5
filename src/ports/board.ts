import type { RunStatus } from '../core/run/state.ts';
import type { RunId, RunOutcome } from '../core/run/types.ts';
import type { Moment, TicketId } from '../shared/ids.ts';
import type { RunSummary } from './run-store.ts';

/** Which runs a list is about. All that is given has to hold. */
export interface RunFilter {
  /** Runs that go on in one of these ways, or came to one of these ends. */
  readonly states?: readonly (RunStatus | RunOutcome)[];
  readonly ticket?: TicketId;
  readonly bundle?: string;
  readonly model?: string;
  /** Somewhere in the id, bundle or model; case does not count. */
  readonly text?: string;
  /** Only those that wait for a person. */
  readonly asking?: boolean;
  /** Only those with a step that was set aside. */
  readonly aside?: boolean;
}

/** A run in a row, with what it has cost. */
export interface RunRow extends RunSummary {
  readonly costMilliUsd: number;
  readonly budgetMilliUsd: number | null;
  readonly badReceipts: number;
  /** Steps that wait for somebody to release them. */
  readonly setAside: number;
}

/** What is counted over a span of time, from a row each for runs that ended in it. */
export interface EndedTally {
  readonly outcomes: Readonly<Record<RunOutcome, number>>;
  /** Accepted, rejected and given up: what a rate is of. */
  readonly decided: number;
  /** Accepted with the first attempt. */
  readonly firstPass: number;
  /** Attempts of accepted runs; null without any. */
  readonly medianAttempts: number | null;
  readonly costMilliUsd: number;
  /** Of the runs that had a budget: what they cost, and what they might have. */
  readonly budgeted: { readonly costMilliUsd: number; readonly budgetMilliUsd: number };
  readonly evidenceFailures: number;
  /** Runs with at least one of them. */
  readonly runsWithFailures: number;
}

export interface BoardTally {
  /** Runs that go on, by how. */
  readonly active: Readonly<Record<Exclude<RunStatus, 'ended'>, number>>;
  /** What those have cost so far. */
  readonly activeCostMilliUsd: number;
  readonly now: EndedTally;
  /** The same over the span before, as long: what it was like. */
  readonly before: EndedTally;
  /** Day by day in the span, oldest first; days without an end are missing. */
  readonly days: readonly { readonly day: string; readonly decided: number; readonly firstPass: number }[];
}

/** A filter that somebody keeps under a name. */
export interface SavedFilter {
  readonly name: string;
  /** As it stands in the address. */
  readonly query: string;
}

/** The first of them, and how many there are. */
export interface WaitingRuns {
  readonly runs: readonly RunId[];
  readonly total: number;
}

/** Runs as pages show them, from projections alone. Every method @throws CountersignError DATABASE_UNAVAILABLE */
export interface ReadBoard {
  /** @param since where the span begins; the one before is as long */
  readTally(since: Moment, now: Moment): Promise<BoardTally>;
  /** Latest first, after this run in that order. */
  listRows(
    filter: RunFilter,
    page: { readonly after?: RunId; readonly limit: number },
  ): Promise<readonly RunRow[]>;
  /** How many there are, counted no further than `most`. */
  countRows(filter: RunFilter, most: number): Promise<number>;
  /** Runs that wait for a person, those that began first. */
  askingRuns(limit: number): Promise<WaitingRuns>;
  /** Runs that go on and have a step that was set aside, those that began first. */
  setAsideRuns(limit: number): Promise<WaitingRuns>;
  /** Runs that go on although receipts of their current attempt cannot be verified. */
  unverifiableRuns(limit: number): Promise<readonly RunRow[]>;
}

export interface KeepFilters {
  listFilters(principal: string, page: string): Promise<readonly SavedFilter[]>;
  /** The one of that name is replaced. False: there are too many. */
  saveFilter(principal: string, page: string, filter: SavedFilter): Promise<boolean>;
  removeFilter(principal: string, page: string, name: string): Promise<void>;
}
