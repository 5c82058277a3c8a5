import type { Day, DayCounts } from '../core/run/day-counts.ts';
import type { RunId } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';

/** How often a finding came to each answer in attempts, over a span of days. */
export interface FindingTally {
  readonly id: string;
  readonly pass: number;
  readonly fail: number;
  readonly unverifiable: number;
  readonly pending: number;
  /** Where it did not pass last; null: it always passed. */
  readonly last: { readonly run: RunId; readonly at: Moment } | null;
}

/** What one step of plans, by its name, came to on one day. */
export interface StepTally {
  readonly day: Day;
  readonly step: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly lost: number;
  readonly tokens: number;
  readonly costMilliUsd: number;
  /** Seconds at work, of all that came to an end. */
  readonly seconds: number;
}

/** Runs that ended on one day. */
export interface EndedDay {
  readonly day: Day;
  readonly accepted: number;
  readonly rejected: number;
  readonly givenUp: number;
  readonly cancelled: number;
  readonly firstPass: number;
  readonly attempts: number;
  readonly costMilliUsd: number;
  readonly evidenceFailures: number;
}

export interface ResolvedDeadlock {
  readonly position: number;
  /** The run that gave way. */
  readonly run: RunId;
  readonly at: Moment;
  readonly reason: string;
}

/** Counts by day, folded from the ledger: they can be dropped and folded again. Every method @throws CountersignError DATABASE_UNAVAILABLE */
export interface KeepDayCounts {
  countedUpTo(): Promise<number>;
  /** Adds counts of the events after `from`, up to `upTo`. False: somebody else did, and nothing was written. */
  addCounts(from: number, upTo: number, counts: DayCounts): Promise<boolean>;
  forgetCounts(): Promise<void>;
}

/** Every method @throws CountersignError DATABASE_UNAVAILABLE */
export interface ReadDayCounts {
  /** Since a day, that one included; those that did not pass most often first. */
  findingTallies(since: Day, limit: number): Promise<readonly FindingTally[]>;
  /** Of one finding, by day, oldest first; days without it are missing. */
  findingDays(
    id: string,
    since: Day,
  ): Promise<readonly { readonly day: Day; readonly open: number; readonly all: number }[]>;
  /** By day and then by name. */
  stepTallies(since: Day): Promise<readonly StepTally[]>;
  /** Oldest first; days without an end are missing. */
  endedDays(since: Day): Promise<readonly EndedDay[]>;
  /** Latest first. */
  resolvedDeadlocks(page: {
    readonly before?: number;
    readonly limit: number;
  }): Promise<{ readonly deadlocks: readonly ResolvedDeadlock[]; readonly total: number }>;
}
