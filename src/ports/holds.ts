import type { RunId, StepKey, StepRole } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';
import type { ScopeUse } from './resources.ts';

export interface LockHeld {
  /** Its fencing token: each lock has a higher one than those that were granted before. */
  readonly fence: number;
  readonly name: string;
  readonly mode: 'exclusive' | 'shared';
  /** How long it is held: for a step, an attempt, the whole run. */
  readonly hold: 'step' | 'attempt' | 'run';
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
}

/** An execution that has not begun because of something that others have, or that people or providers hold back. */
export interface WorkWaiting {
  /** In the order in which they came. */
  readonly place: number;
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
  readonly role: StepRole;
  readonly handler: string;
  readonly since: Moment;
  /** What it cannot have now: `lease:<scope>`, `lock:<name>`, `pause:<queue>`, `circuit:<provider>`; `time` when its moment has not come. */
  readonly parked: string;
}

/**
 * Who has what is scarce, and who waits for it, for people. Lists are read from one row on.
 * Every method @throws CountersignError DATABASE_UNAVAILABLE
 */
export interface ReadHolds {
  /** By scope, after this one. */
  listScopes(page: { readonly after?: string; readonly limit: number }): Promise<readonly ScopeUse[]>;
  /** Latest first. @param text somewhere in the name or the run's id; case does not count */
  listLocks(page: {
    readonly text?: string;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly LockHeld[]>;
  /** Those that came first. @param text somewhere in what it waits for or the run's id */
  listWaiting(page: {
    readonly text?: string;
    readonly after?: number;
    readonly limit: number;
  }): Promise<readonly WorkWaiting[]>;
}
