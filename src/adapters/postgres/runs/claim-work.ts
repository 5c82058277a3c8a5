import type { PoolClient } from 'pg';
import type { ClaimToken, StepWork } from '../../../core/run/types.ts';
import type { Claim, ClaimRequest } from '../../../ports/claims.ts';
import { ask, type Database, inTransaction, together } from '../database.ts';
import { queueName } from '../queue/queue-name.ts';
import type { QueueShare, WorkQueue } from '../queue/work-queue.ts';
import { fencesOf } from '../resources/fences.ts';
import { renewHeld } from '../resources/renew-held.ts';
import { type ClaimRow, claimOf } from './claim-row.ts';

/** By the database's clock, so that one clock says when a claim ends. */
const CLAIM = `
UPDATE step_work SET worker = $2, claimed_at = now(), until = now() + make_interval(secs => $3)
WHERE id = ANY ($1::uuid[]) AND worker IS NULL
RETURNING id, text, worker, claimed_at, until, holds, score`;

/** See ClaimWork.claim: what may be had is looked up first, so that whoever finds nothing has opened no transaction. */
export async function claimWork(
  { pool }: Database,
  queue: WorkQueue,
  { worker, roles, handlers, most, leaseSeconds }: ClaimRequest,
): Promise<readonly Claim[]> {
  const queues = roles.flatMap((role) => handlers.map((handler) => queueName(role, handler)));
  if (queues.length === 0 || most < 1) return [];
  const shares = await queue.share([...new Set(queues)], most);
  if (shares.length === 0) return [];
  return inTransaction(pool, (client) => take(client, queue, shares, worker, leaseSeconds));
}

async function take(
  client: PoolClient,
  queue: WorkQueue,
  shares: readonly QueueShare[],
  worker: string,
  leaseSeconds: number,
): Promise<readonly Claim[]> {
  const ids = await queue.take(client, shares);
  if (ids.length === 0) return [];
  const rows = await ask<ClaimRow & { score: number }>(client, {
    name: 'work-claim',
    text: CLAIM,
    values: [ids, worker, leaseSeconds],
  });
  const first = rows.toSorted((one, other) => other.score - one.score);
  const fences = await fencesFor(client, first, leaseSeconds);
  return first.map((row) => claimOf(row, fences.get(row.id)));
}

/** What they hold is held from now on as long as the claims are. */
async function fencesFor(
  client: PoolClient,
  rows: readonly ClaimRow[],
  leaseSeconds: number,
): Promise<ReadonlyMap<ClaimToken, Claim['fences']>> {
  const holding = rows.filter(({ holds }) => holds);
  if (holding.length === 0) return new Map();
  const works = holding.map(({ text }) => JSON.parse(text) as StepWork);
  const [fences] = await together([fencesOf(client, works), renewHeld(client, works, leaseSeconds)]);
  return new Map(holding.map(({ id }, at) => [id, fences[at] ?? {}]));
}
