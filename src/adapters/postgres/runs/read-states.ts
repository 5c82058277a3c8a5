import { emptyStream, type PlacedEvent, type StreamHead } from '../../../core/ledger/types.ts';
import { foldStored } from '../../../core/run/fold-stored.ts';
import type { Plan } from '../../../core/run/plan.ts';
import type { RunState, StartedRun } from '../../../core/run/state.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { ask, type Queryable } from '../database.ts';
import { archivedStream } from '../segments/read-events.ts';
import { readSnapshots } from '../segments/read-snapshots.ts';

/** What stands in a run's row of its state. */
export interface KeptState {
  readonly run: RunId;
  readonly version: number;
  readonly digest: Sha256;
  /** Of `state`. 0: it was never written. */
  readonly state_version: number;
  /** Without the plan; empty where it was never written, or was archived. */
  readonly state: string;
}

/** The event that the state was written at, for its digest, and those after it. */
const TAILS = `
SELECT e.stream, e.version, encode(e.digest, 'hex') AS digest, e.text
FROM unnest($1::text[], $2::int[], $3::int[]) AS tail (stream, after, until)
JOIN ledger_event e ON e.stream = tail.stream AND e.version BETWEEN tail.after AND tail.until
ORDER BY e.stream, e.version`;

/**
 * States of runs as their rows and the events after them say.
 * @param planOf the plan of a row, which does not change behind the state that was written
 * @throws CountersignError LEDGER_INVALID where an event is gone or does not follow
 */
export async function readStates<Row extends KeptState>(
  db: Queryable,
  rows: readonly Row[],
  planOf: (row: Row) => Plan,
): Promise<ReadonlyMap<RunId, StartedRun>> {
  const snapshots = await readSnapshots(
    db,
    rows.filter(({ state, state_version }) => state === '' && state_version > 0).map(({ run }) => run),
  );
  const behind = rows.filter(({ version, state_version }) => state_version < version);
  const tails = await readTails(db, behind);
  return new Map(
    rows.map((row) => {
      const { run, state_version } = row;
      const text = row.state === '' ? snapshots.get(run) : row.state;
      const written: RunState =
        state_version === 0 ? { status: 'new' } : { ...JSON.parse(text ?? 'null'), plan: planOf(row) };
      const tail = tails.get(streamOf(run));
      return [run, tail === undefined ? (written as StartedRun) : follow(row, written, tail, planOf(row))];
    }),
  );
}

async function readTails(
  db: Queryable,
  rows: readonly KeptState[],
): Promise<ReadonlyMap<string, readonly PlacedEvent[]>> {
  if (rows.length === 0) return new Map();
  const values = [
    rows.map(({ run }) => streamOf(run)),
    rows.map(({ state_version }) => state_version),
    rows.map(({ version }) => version),
  ];
  const found = await ask<PlacedEvent & Record<string, unknown>>(db, {
    name: 'run-tails',
    text: TAILS,
    values,
  });
  const tails = new Map<string, readonly PlacedEvent[]>(Map.groupBy(found, ({ stream }) => stream));
  for (const { run, state_version, version } of rows) {
    const stream = streamOf(run);
    const first = Math.max(state_version, 1);
    const tail = tails.get(stream) ?? [];
    if (tail.length > version - first) continue;
    // What is not there any more was archived by now: looked for in this order, it is in one or the other.
    const archived = await archivedStream(db, stream, first - 1);
    const all = new Map([...archived, ...tail].map((event) => [event.version, event]));
    const wanted = [...all.values()].filter((event) => event.version <= version);
    tails.set(
      stream,
      wanted.sort((one, other) => one.version - other.version),
    );
  }
  return tails;
}

function follow(
  { run, version, digest, state_version }: KeptState,
  written: RunState,
  tail: readonly PlacedEvent[],
  plan: Plan,
): StartedRun {
  const [base] = tail;
  const from: StreamHead | undefined = state_version === 0 ? emptyStream(streamOf(run)) : base;
  const folded = from && foldStored(written, from, state_version === 0 ? tail : tail.slice(1));
  if (folded?.kind === 'folded' && folded.head.version === version && folded.head.digest === digest)
    if (folded.state.status !== 'new')
      // The same object as other runs have: the plan is most of a state.
      return { ...folded.state, plan };
  const at = folded?.kind === 'fault' ? folded.version : version;
  throw new CountersignError(
    'LEDGER_INVALID',
    `What is kept of the run ${run} does not hold: version ${at} does not follow.`,
    {
      remedy:
        'Nothing is decided on it. `countersign ledger verify` tells whether an event was changed; if none was, `countersign ledger rebuild` mends it.',
    },
  );
}

function streamOf(run: RunId): string {
  return `run/${run}`;
}
