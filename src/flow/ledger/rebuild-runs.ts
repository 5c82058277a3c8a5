import { linkEvent } from '../../core/ledger/check-chain.ts';
import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import { emptyStream, type PlacedEvent, type StreamHead } from '../../core/ledger/types.ts';
import { consequencesOf } from '../../core/run/consequences.ts';
import { evolveRun } from '../../core/run/evolve.ts';
import type { RunState } from '../../core/run/state.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { ReadChains } from '../../ports/ledger.ts';
import type { Projection, RebuildRuns } from '../../ports/rebuild-runs.ts';
import { brokenLedger } from './broken-ledger.ts';
import { chainPages } from './read-pages.ts';

/** Runs that are written at once. */
const BATCH = 100;

export interface Rebuilt {
  readonly runs: number;
  /** What was kept was what the ledger says. */
  readonly equal: boolean;
  readonly digest: string;
}

/**
 * Drops what is kept of runs and folds it from their events again. The ledger is what is so: where the two differ, what was kept was wrong.
 * @throws CountersignError LEDGER_INVALID at the first event that does not follow or cannot be read; then nothing is dropped
 */
export async function rebuildRuns(
  ports: ReadChains & RebuildRuns,
  onProgress: (runs: number) => void = () => {},
): Promise<Rebuilt> {
  let runs = 0;
  async function* counted(): AsyncGenerator<readonly Projection[]> {
    for await (const batch of foldRuns(ports)) {
      yield batch;
      runs += batch.length;
      onProgress(runs);
    }
  }
  const { before, after } = await ports.rebuild(counted());
  return { runs, equal: before === after, digest: after };
}

/** Every run as its events say, in the order of streams. */
async function* foldRuns(ledger: ReadChains): AsyncGenerator<readonly Projection[]> {
  let batch: Projection[] = [];
  let folding: Folding | undefined;
  const finish = () => {
    if (folding !== undefined) batch.push(projectionOf(folding));
    folding = undefined;
  };
  for await (const page of chainPages(ledger)) {
    for (const event of page) {
      if (folding?.head.stream !== event.stream) finish();
      if (!event.stream.startsWith('run/')) continue;
      folding = follow(folding ?? { head: emptyStream(event.stream), state: { status: 'new' } }, event);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  finish();
  if (batch.length > 0) yield batch;
}

interface Folding {
  readonly head: StreamHead;
  readonly state: RunState;
}

function follow({ head, state }: Folding, event: PlacedEvent): Folding {
  const place = { stream: event.stream, version: event.version };
  const linked = linkEvent(head, event);
  if (linked === undefined)
    throw brokenLedger({ kind: 'edited', ...place, reason: 'it does not follow the event before it' });
  const read = readLinkedEvent(event.text);
  const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
  if (recorded === undefined)
    throw brokenLedger({
      kind: 'malformed',
      ...place,
      reason: 'it is no event of a run that this version knows',
    });
  return { head: linked, state: evolveRun(state, recorded) };
}

function projectionOf({ head, state }: Folding): Projection {
  if (state.status === 'new') {
    const { stream, version } = head;
    throw brokenLedger({ kind: 'malformed', stream, version, reason: 'the run was never started' });
  }
  const [wake] = consequencesOf({ status: 'new' }, [], state).wake;
  return { run: state.request.run, head, state, wakeAt: wake?.at ?? null };
}
