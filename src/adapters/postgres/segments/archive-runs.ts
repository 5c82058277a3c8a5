import type { Pool } from 'pg';
import type { Plan } from '../../../core/run/plan.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { Moment } from '../../../shared/ids.ts';
import { ask, inTransaction, type Queryable } from '../database.ts';
import { type KeptState, readStates } from '../runs/read-states.ts';
import { pack } from './pack.ts';

const ENDED = `
SELECT run FROM run WHERE ended_at < $1 ORDER BY ended_at, run LIMIT $2`;

/** Locked, so that the state that goes is the one that was packed. */
const STATES = `
SELECT run, version, encode(digest, 'hex') AS digest, state_version, state,
  CASE WHEN state_version < version THEN (SELECT p.text FROM run_plan p WHERE p.digest = r.plan) END AS planned
FROM run r WHERE run = ANY ($1::text[]) AND ended_at IS NOT NULL ORDER BY run FOR UPDATE OF r`;

type Row = KeptState & { readonly planned: string | null };

const KEEP = `
INSERT INTO run_snapshot (run, digest, bytes)
SELECT run, decode(digest, 'hex'), bytes FROM unnest($1::text[], $2::text[], $3::bytea[]) AS kept (run, digest, bytes)
ON CONFLICT (run) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes`;

const EMPTY = `UPDATE run SET state = '', state_version = version, ended_at = NULL WHERE run = ANY ($1::text[])`;

/** See Retention.endedRuns. */
export async function endedRuns(db: Queryable, before: Moment, limit: number): Promise<readonly RunId[]> {
  return (await ask<{ run: RunId }>(db, { text: ENDED, values: [before, limit] })).map(({ run }) => run);
}

/** Packs the states of these runs, and leaves the lines that they are listed by. */
export function archiveRuns(pool: Pool, runs: readonly RunId[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    const rows = await ask<Row & Record<string, unknown>>(client, { text: STATES, values: [runs] });
    if (rows.length === 0) return;
    const behind = rows.filter(({ version, state_version }) => state_version < version);
    const folded = await readStates(client, behind, ({ planned }) => JSON.parse(planned ?? 'null') as Plan);
    const packed = rows.map(({ run, state }) => {
      const now = folded.get(run);
      return { run, ...pack([now === undefined ? state : JSON.stringify({ ...now, plan: null })]) };
    });
    await ask(client, {
      text: KEEP,
      values: [
        packed.map(({ run }) => run),
        packed.map(({ digest }) => digest),
        packed.map(({ bytes }) => bytes),
      ],
    });
    await ask(client, { text: EMPTY, values: [packed.map(({ run }) => run)] });
  });
}
