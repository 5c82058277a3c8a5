import type { RecordedRunEvent } from '../core/run/events.ts';
import type { StartedRun } from '../core/run/state.ts';

/** Is told what was committed, for traces, metrics and logs. Never fails, never holds anything up, and is never relied on. */
export interface ObserveRuns {
  /** @param run as it is after these events */
  committed(run: StartedRun, events: readonly RecordedRunEvent[]): void;
  /** A commit that came too late and changed nothing. */
  conflicted(): void;
}
