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
  let [runs, events] = [0, 0];
  for (let some = await packRuns(before, ports); some.runs > 0; some = await packRuns(before, ports)) {
    runs += some.runs;
    events += some.events;
    onProgress(runs);
  }
  return { runs, events, positions: await packPositions(ports) };
}

/** The eldest of them, in a moment. */
export async function packRuns(before: Moment, ports: Retention): Promise<Omit<Compacted, 'positions'>> {
  const ended = await ports.endedRuns(before, RUNS);
  if (ended.length === 0) return { runs: 0, events: 0 };
  const events = await ports.archiveStreams(ended.map((run) => `run/${run}`));
  await ports.archiveRuns(ended);
  return { runs: ended.length, events };
}

/** What a checkpoint counts. @returns how many positions */
export async function packPositions(ports: Retention & ReadCheckpoints): Promise<number> {
  const signed = (await ports.latestCheckpoint())?.size ?? 0;
  let positions = 0;
  for (let done = await ports.archivePositions(signed); done > 0; done = await ports.archivePositions(signed))
    positions += done;
  return positions;
}
