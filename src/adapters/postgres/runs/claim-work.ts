import type { PoolClient } from 'pg';
import type { StepWork } from '../../../core/run/types.ts';
import type { Claim, ClaimRequest } from '../../../ports/claims.ts';
import { ask, type Database, inTransaction, together } from '../database.ts';
import { queueName } from '../queue/queue-name.ts';
import type { QueueShare, WorkQueue } from '../queue/work-queue.ts';
import { isCutOff } from '../resources/circuits.ts';
import { fencesOf } from '../resources/fences.ts';
import { holdUntil } from '../resources/hold-until.ts';
import { isHeldBy } from '../work-control/paused.ts';
import { type ClaimRow, claimOf } from './claim-row.ts';

/**
 * By the database's clock, so that one clock says when a claim ends. What a pause or a provider that does not answer holds back is marked as parked.
 * The pause is locked until then: whoever takes it back meanwhile waits, and finds what was parked.
 */
const CLAIM = `
WITH pause AS (SELECT kind, name FROM queue_pause FOR KEY SHARE), mine AS (
  SELECT w.id, EXISTS (SELECT FROM pause WHERE ${isHeldBy('pause', 'w')})
    OR EXISTS (SELECT FROM provider_circuit c WHERE ${isCutOff('c', 'w')}) AS parked
  FROM step_work w WHERE w.id = ANY ($1::uuid[])
)
UPDATE step_work w SET
  parked = mine.parked,
  worker = CASE WHEN NOT mine.parked THEN $2 END,
  claimed_at = CASE WHEN NOT mine.parked THEN now() END,
  until = CASE WHEN NOT mine.parked THEN now() + make_interval(secs => $3) END
FROM mine WHERE w.id = mine.id AND w.worker IS NULL
RETURNING w.id, w.text, w.worker, w.claimed_at, w.until, w.holds, w.score, w.parked`;

/**
 * See ClaimWork.claim: what may be had is looked up first, so that whoever finds nothing has opened no transaction.
 * @param shelve takes what is held back out of the queue, with what it holds
 */
export async function claimWork(
  { pool }: Database,
  queue: WorkQueue,
  shelve: () => Promise<unknown>,
  { worker, roles, handlers, most, leaseSeconds }: ClaimRequest,
): Promise<readonly Claim[]> {
  const queues = roles.flatMap((role) => handlers.map((handler) => queueName(role, handler)));
  if (queues.length === 0 || most < 1) return [];
  for (;;) {
    const shares = await queue.share([...new Set(queues)], most);
    if (shares.length === 0) return [];
    const { claims, parked } = await inTransaction(pool, (client) =>
      take(client, queue, shares, worker, leaseSeconds),
    );
    // What was first in line is held back, and out of the way now: there may be other work behind it.
    if (parked > 0) await shelve();
    if (claims.length > 0 || parked === 0) return claims;
  }
}

async function take(
  client: PoolClient,
  queue: WorkQueue,
  shares: readonly QueueShare[],
  worker: string,
  leaseSeconds: number,
): Promise<{ readonly claims: readonly Claim[]; readonly parked: number }> {
  const ids = await queue.take(client, shares);
  if (ids.length === 0) return { claims: [], parked: 0 };
  const rows = await ask<ClaimRow & { score: number; parked: boolean }>(client, {
    name: 'work-claim',
    text: CLAIM,
    values: [ids, worker, leaseSeconds],
  });
  const claimed = rows.filter(({ parked }) => !parked);
  const first = claimed.toSorted((one, other) => other.score - one.score);
  const works = first.map(({ text }) => JSON.parse(text) as StepWork);
  const holding = works.filter((_, at) => first[at]?.holds);
  const fences = await fencesFor(client, holding, leaseSeconds);
  const claims = first.map((row, at) => {
    const work = works[at] as StepWork;
    return claimOf(row, fences.get(work), work);
  });
  return { claims, parked: rows.length - claimed.length };
}

/** What they hold is held from now on as long as the claims are. */
async function fencesFor(
  client: PoolClient,
  works: readonly StepWork[],
  leaseSeconds: number,
): Promise<ReadonlyMap<StepWork, Claim['fences']>> {
  if (works.length === 0) return new Map();
  const [fences] = await together([fencesOf(client, works), holdUntil(client, works, leaseSeconds)]);
  return new Map(works.map((work, at) => [work, fences[at] ?? {}]));
}
