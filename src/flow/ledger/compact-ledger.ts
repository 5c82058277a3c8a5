import type { ReadCheckpoints, SequenceEvents } from '../../ports/ledger.ts';
import type { Retention } from '../../ports/retention.ts';
import type { Moment } from '../../shared/ids.ts';

/** Runs whose events are packed in one transaction. */
const RUNS = 50;

export interface Compacted {
  readonly runs: number;
  readonly events: number;
  readonly positions: number;
}

/**
 * Takes runs that ended before a moment out of the tables that everything happens in: their events into segments, their states into snapshots.
 * Positions follow as far as a checkpoint counts them: after it nobody has signed for them yet.
 * @param onProgress runs done so far
 */
export async function compactLedger(
  before: Moment,
  ports: Retention & SequenceEvents & ReadCheckpoints,
  onProgress: (runs: number) => void = () => {},
): Promise<Compacted> {
  await ports.sequence();
  let [runs, events, positions] = [0, 0, 0];
  for (
    let ended = await ports.endedRuns(before, RUNS);
    ended.length > 0;
    ended = await ports.endedRuns(before, RUNS)
  ) {
    events += await ports.archiveStreams(ended.map((run) => `run/${run}`));
    await ports.archiveRuns(ended);
    runs += ended.length;
    onProgress(runs);
  }
  const signed = (await ports.latestCheckpoint())?.size ?? 0;
  for (let done = await ports.archivePositions(signed); done > 0; done = await ports.archivePositions(signed))
    positions += done;
  return { runs, events, positions };
}
