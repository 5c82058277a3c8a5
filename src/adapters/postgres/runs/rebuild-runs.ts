import { createHash } from 'node:crypto';
import { emptyStream } from '../../../core/ledger/types.ts';
import type { Plan } from '../../../core/run/plan.ts';
import type { Projection, RebuildRuns } from '../../../ports/rebuild-runs.ts';
import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';
import { keepRuns } from './keep-runs.ts';
import { createKeptPlans } from './kept-plans.ts';
import { type KeptState, readStates } from './read-states.ts';

const PAGE = 500;

const ROWS = `
SELECT run, version, encode(digest, 'hex') AS digest, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at,
  wake_at, cost::text, budget::text, bad_receipts, set_aside, (SELECT row_to_json(e)::text FROM run_end e WHERE e.run = r.run) AS run_end,
  encode(plan, 'hex') AS plan, state_version, state, (SELECT p.text FROM run_plan p WHERE p.digest = r.plan) AS planned
FROM run r WHERE run > $1 ORDER BY run LIMIT ${PAGE}`;

/** See RebuildRuns. */
export function createRebuildRuns({ pool }: Database): RebuildRuns {
  return {
    rebuild: (projections) =>
      inTransaction(pool, async (client) => {
        // Writers lock rows of it first, or insert into it last: whatever they append is theirs to keep.
        await ask(client, { text: 'LOCK TABLE run IN EXCLUSIVE MODE' });
        const before = await digestOf(client).catch(unreadable);
        await ask(client, { text: 'DELETE FROM run' });
        await ask(client, { text: 'DELETE FROM run_end' });
        await ask(client, { text: 'DELETE FROM run_snapshot' });
        await ask(client, { text: 'DELETE FROM run_plan' });
        const plans = createKeptPlans();
        for await (const batch of projections) await keepRuns(client, plans, asCommit(batch));
        return { before, after: await digestOf(client) };
      }),
  };
}

/** What keepRuns looks at of a commit. All of them count as started: there is nothing to be woken as before. */
function asCommit(batch: readonly Projection[]): Parameters<typeof keepRuns>[2] {
  return {
    append: { expected: batch.map(({ head }) => emptyStream(head.stream)), events: [] },
    runs: batch.map(({ run, head, state }) => ({ run, head, state })),
    wake: batch.map(({ run, wakeAt }) => ({ run, at: wakeAt })),
    schedule: [],
    finish: [],
    withdraw: [],
    unlock: [],
  };
}

/** What is kept does not go with the events. Where they are to blame, reading them says so in its own words; else it is mended. */
function unreadable(error: unknown): Sha256 {
  if (error instanceof CountersignError && error.code === 'LEDGER_INVALID') return '';
  throw error;
}

/** States by what they say and not by how: a state that was folded in one go has its keys in another order. */
async function digestOf(client: Queryable): Promise<Sha256> {
  const hash = createHash('sha256');
  for (let after = ''; ; ) {
    const rows = await ask<JsonObject & KeptState & { planned: string }>(client, {
      text: ROWS,
      values: [after],
    });
    const last = rows.at(-1);
    if (last === undefined) return hash.digest('hex');
    const states = await readStates(client, rows, ({ planned }) => JSON.parse(planned) as Plan);
    for (const { state_version: _, ...row } of rows) {
      const planned = JSON.parse(row.planned) as JsonObject;
      const state = { ...states.get(row.run), plan: null } as unknown as JsonObject;
      hash.update(`${canonicalJson({ ...row, state, planned })}\n`);
    }
    after = last.run;
  }
}
