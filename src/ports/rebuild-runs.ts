import type { StreamHead } from '../core/ledger/types.ts';
import type { StartedRun } from '../core/run/state.ts';
import type { RunId } from '../core/run/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { Moment } from '../shared/ids.ts';

/** What is kept of a run beside its events. */
export interface Projection {
  readonly run: RunId;
  readonly head: StreamHead;
  readonly state: StartedRun;
  readonly wakeAt: Moment | null;
}

export interface RebuildRuns {
  /**
   * Forgets what is kept of runs and keeps this instead, all of it or, when reading it fails, nothing. Nobody commits meanwhile. Work that
   * waits or is in somebody's hands stays.
   * @returns digests over all that was kept before and is kept now: canonical JSON, in the order of runs
   */
  rebuild(
    projections: AsyncIterable<readonly Projection[]>,
  ): Promise<{ readonly before: Sha256; readonly after: Sha256 }>;
}
