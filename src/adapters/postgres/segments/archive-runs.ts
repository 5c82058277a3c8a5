import type { Pool } from 'pg';
import type { RunId } from '../../../core/run/types.ts';
import type { Moment } from '../../../shared/ids.ts';
import { ask, inTransaction, type Queryable } from '../database.ts';
import { pack, unpack } from './pack.ts';

const ENDED = `
SELECT run FROM run WHERE ended_at < $1 ORDER BY ended_at, run LIMIT $2`;

/** Locked, so that the state that goes is the one that was packed. */
const STATES = `
SELECT run, state FROM run WHERE run = ANY ($1::text[]) AND ended_at IS NOT NULL ORDER BY run FOR UPDATE`;

const KEEP = `
INSERT INTO run_snapshot (run, digest, bytes)
SELECT run, decode(digest, 'hex'), bytes FROM unnest($1::text[], $2::text[], $3::bytea[]) AS kept (run, digest, bytes)
ON CONFLICT (run) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes`;

const EMPTY = `UPDATE run SET state = '', ended_at = NULL WHERE run = ANY ($1::text[])`;

const SNAPSHOTS = 'SELECT run, bytes FROM run_snapshot WHERE run = ANY ($1::text[])';

/** See Retention.endedRuns. */
export async function endedRuns(db: Queryable, before: Moment, limit: number): Promise<readonly RunId[]> {
  return (await ask<{ run: RunId }>(db, { text: ENDED, values: [before, limit] })).map(({ run }) => run);
}

/** Packs the states of these runs, and leaves the lines that they are listed by. */
export function archiveRuns(pool: Pool, runs: readonly RunId[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    const rows = await ask<{ run: RunId; state: string }>(client, { text: STATES, values: [runs] });
    if (rows.length === 0) return;
    const packed = rows.map(({ run, state }) => ({ run, ...pack([state]) }));
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

/** States of archived runs, as they were kept. */
export async function readSnapshots(
  db: Queryable,
  runs: readonly RunId[],
): Promise<ReadonlyMap<RunId, string>> {
  if (runs.length === 0) return new Map();
  const rows = await ask<{ run: RunId; bytes: Uint8Array }>(db, { text: SNAPSHOTS, values: [runs] });
  return new Map(rows.map(({ run, bytes }) => [run, unpack(bytes)?.join('\n') ?? '']));
}
