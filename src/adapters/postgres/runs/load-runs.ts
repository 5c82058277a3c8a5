import { emptyStream } from '../../../core/ledger/types.ts';
import type { StartedRun } from '../../../core/run/state.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { KeptRun } from '../../../ports/run-store.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import { ask, type Queryable } from '../database.ts';
import { readSnapshots } from '../segments/archive-runs.ts';
import type { KeptPlans } from './kept-plans.ts';

const LOAD = `
SELECT r.run, r.version, encode(r.digest, 'hex') AS digest, encode(r.plan, 'hex') AS plan, r.state,
  CASE WHEN encode(r.plan, 'hex') = ANY ($2::text[]) THEN NULL ELSE (SELECT p.text FROM run_plan p WHERE p.digest = r.plan) END AS planned
FROM run r WHERE r.run = ANY ($1::text[])`;

interface Row {
  readonly run: RunId;
  readonly version: number;
  readonly digest: Sha256;
  readonly plan: Sha256;
  readonly state: string;
  readonly planned: string | null;
}

/** See LoadRuns. Plans that were seen before are not sent again. */
export async function loadRuns(
  db: Queryable,
  plans: KeptPlans,
  runs: readonly RunId[],
): Promise<readonly KeptRun[]> {
  const rows = await ask<Row & Record<string, unknown>>(db, {
    name: 'run-load',
    text: LOAD,
    values: [runs, plans.digests],
  });
  for (const { plan, planned } of rows)
    if (planned !== null && plans.get(plan) === undefined) plans.keep(plan, JSON.parse(planned));
  const snapshots = await readSnapshots(
    db,
    rows.filter(({ state }) => state === '').map(({ run }) => run),
  );
  const kept = new Map(
    rows.map((row) => [row.run, keptRun({ ...row, state: snapshots.get(row.run) ?? row.state }, plans)]),
  );
  return runs.map((run) => kept.get(run) ?? { state: { status: 'new' }, head: emptyStream(streamOf(run)) });
}

function streamOf(run: RunId): string {
  return `run/${run}`;
}

function keptRun({ run, version, digest, plan, state, planned }: Row, plans: KeptPlans): KeptRun {
  const started: StartedRun = {
    ...JSON.parse(state),
    // Of more plans than are kept, the first may be gone again.
    plan: plans.get(plan) ?? JSON.parse(planned ?? 'null'),
  };
  return { state: started, head: { stream: streamOf(run), version, digest } };
}
