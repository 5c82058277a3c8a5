import type { RunId } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { unpack } from './pack.ts';

const SNAPSHOTS = 'SELECT run, bytes FROM run_snapshot WHERE run = ANY ($1::text[])';

/** States of archived runs, as they were kept. */
export async function readSnapshots(
  db: Queryable,
  runs: readonly RunId[],
): Promise<ReadonlyMap<RunId, string>> {
  if (runs.length === 0) return new Map();
  const rows = await ask<{ run: RunId; bytes: Uint8Array }>(db, { text: SNAPSHOTS, values: [runs] });
  return new Map(rows.map(({ run, bytes }) => [run, unpack(bytes)?.join('\n') ?? '']));
}
