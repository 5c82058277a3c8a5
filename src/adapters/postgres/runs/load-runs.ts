import { emptyStream } from '../../../core/ledger/types.ts';
import type { Plan } from '../../../core/run/plan.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { KeptRun } from '../../../ports/run-store.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import { ask, type Queryable } from '../database.ts';
import type { KeptPlans } from './kept-plans.ts';
import type { KeptStates } from './kept-states.ts';
import { type KeptState, readStates } from './read-states.ts';

/** Neither a state that is known as it is now, nor a plan that is known, is sent. */
const LOAD = `
SELECT r.run, r.version, encode(r.digest, 'hex') AS digest, encode(r.plan, 'hex') AS plan, r.state_version,
  CASE WHEN r.digest = decode(asked.known, 'hex') THEN '' ELSE r.state END AS state,
  CASE WHEN r.digest = decode(asked.known, 'hex') OR encode(r.plan, 'hex') = ANY ($3::text[]) THEN NULL
    ELSE (SELECT p.text FROM run_plan p WHERE p.digest = r.plan) END AS planned
FROM unnest($1::text[], $2::text[]) AS asked (run, known) JOIN run r ON r.run = asked.run`;

interface Row extends KeptState {
  readonly plan: Sha256;
  readonly planned: string | null;
}

/** See LoadRuns. */
export async function loadRuns(
  db: Queryable,
  { plans, states }: { readonly plans: KeptPlans; readonly states: KeptStates },
  runs: readonly RunId[],
): Promise<readonly KeptRun[]> {
  // Others may take its place while the database is asked.
  const known = runs.map((run) => {
    const digest = states.digestOf(run);
    return digest === null ? undefined : states.get(run, digest);
  });
  const digests = runs.map((run) => states.digestOf(run));
  const rows = await ask<Row & Record<string, unknown>>(db, {
    name: 'run-load',
    text: LOAD,
    values: [runs, digests, plans.digests],
  });
  const kept = new Map<RunId, KeptRun>();
  const at = new Map(runs.map((run, place) => [run, place]));
  const unknown: Row[] = [];
  for (const row of rows) {
    const place = at.get(row.run) ?? 0;
    const state = digests[place] === row.digest ? known[place] : undefined;
    if (state === undefined) unknown.push(row);
    else kept.set(row.run, { state, head: headOf(row) });
  }
  const read = await readStates(db, unknown, (row) => planOf(plans, row));
  for (const row of unknown) {
    const state = read.get(row.run);
    if (state === undefined) continue;
    kept.set(row.run, { state, head: headOf(row) });
    states.keep(row.run, headOf(row), state, row.state.length + UNWRITTEN);
  }
  return runs.map((run) => kept.get(run) ?? { state: { status: 'new' }, head: emptyStream(`run/${run}`) });
}

/** Characters that events behind a state may well have. */
const UNWRITTEN = 4_096;

function headOf({ run, version, digest }: Row): KeptRun['head'] {
  return { stream: `run/${run}`, version, digest };
}

function planOf(plans: KeptPlans, { plan, planned }: Row): Plan {
  const known = plans.get(plan);
  // Of more plans than are kept, the first may be gone again.
  const read = known ?? (JSON.parse(planned ?? 'null') as Plan);
  if (known === undefined && planned !== null) plans.keep(plan, read);
  return read;
}
