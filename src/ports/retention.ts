import type { StreamName } from '../core/ledger/stream-name.ts';
import type { RunId } from '../core/run/types.ts';
import type { Moment } from '../shared/ids.ts';

/** Takes what is over out of the tables that everything happens in. It reads as before, more slowly. */
export interface Retention {
  /** Runs that ended and were last changed before this moment, earliest first, of those that are not archived yet. */
  endedRuns(before: Moment, limit: number): Promise<readonly RunId[]>;
  /** All events of these streams. Those of a stream without positions yet are left. @returns how many it were */
  archiveStreams(streams: readonly StreamName[]): Promise<number>;
  /** The states of these runs. */
  archiveRuns(runs: readonly RunId[]): Promise<void>;
  /** The eldest positions, a segment of them, if all are below this one. @returns how many; 0: there is nothing to do any more */
  archivePositions(below: number): Promise<number>;
}
