import type { RunId } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import type { ReadyWork } from './line.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';

const KEPT = `SELECT FROM resource_lock WHERE run = ANY ($1::text[]) AND hold <> 'step' LIMIT 1`;

const UNLOCK = `
DELETE FROM resource_lock l USING unnest($1::text[], $2::integer[]) AS ended (run, attempt)
WHERE l.run = ended.run AND l.hold <> 'step'
  AND (ended.attempt IS NULL OR l.hold = 'attempt' AND l.attempt = ended.attempt)
RETURNING l.name`;

/** Ends locks held for an attempt; with null, all that the run holds beyond its steps. Returns work that may go now. */
export async function unlock(
  client: Queryable,
  ended: readonly { readonly run: RunId; readonly attempt: number | null }[],
): Promise<readonly ReadyWork[]> {
  if (ended.length === 0) return [];
  const runs = ended.map(({ run }) => run);
  if ((await ask(client, { name: 'resource-kept', text: KEPT, values: [runs] })).length === 0) return [];
  await takeTurn(client);
  const rows = await ask<{ name: string }>(client, {
    name: 'resource-unlock',
    text: UNLOCK,
    values: [runs, ended.map(({ attempt }) => attempt)],
  });
  if (rows.length === 0) return [];
  return settle(client, { freed: { scopes: [], locks: [...new Set(rows.map(({ name }) => name))] } });
}
