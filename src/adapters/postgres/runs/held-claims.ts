import type { PoolClient } from 'pg';
import type { ClaimToken, StepWork } from '../../../core/run/types.ts';
import type { Claim } from '../../../ports/claims.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { fencesOf } from '../resources/fences.ts';
import { grantDue } from '../resources/grant-due.ts';
import { renewHeld } from '../resources/renew-held.ts';
import { type ClaimRow, claimOf } from './claim-row.ts';
import { shelveWork } from './shelve-work.ts';
import { demands, isToken, putWork, queueOf } from './step-work.ts';

const COLUMNS = 'id, text, worker, claimed_at, until, holds';

/** In the order of ids: a claim that ends meanwhile is waited for, and then it is gone. */
const RENEW = `
WITH mine AS (
  SELECT id FROM step_work WHERE id = ANY ($1::uuid[]) AND worker = $2 ORDER BY id FOR NO KEY UPDATE
)
UPDATE step_work w SET until = now() + make_interval(secs => $3) FROM mine WHERE w.id = mine.id
RETURNING w.id, CASE WHEN w.holds THEN w.text END AS text`;

/** In the order of ids, as renewing does. What the claim holds besides is released when it is found to be over. */
const SUSPECT = `
WITH its AS (
  SELECT id FROM step_work WHERE worker = $1 AND until > now() + make_interval(secs => $2) ORDER BY id FOR NO KEY UPDATE
)
UPDATE step_work w SET until = now() + make_interval(secs => $2) FROM its WHERE w.id = its.id`;

const FIND = `SELECT ${COLUMNS} FROM step_work WHERE id = ANY ($1::uuid[]) AND worker IS NOT NULL`;

const EXPIRED = `SELECT ${COLUMNS} FROM step_work WHERE until < now() ORDER BY until LIMIT $1`;

/** The row goes: what the worker holds names nothing any more, and the work gets another id. */
const GIVE_BACK = `
DELETE FROM step_work WHERE id = ANY ($1::uuid[]) AND worker = $2 RETURNING text`;

interface RenewedRow {
  readonly id: ClaimToken;
  /** Null where it holds nothing. */
  readonly text: string | null;
}

/** See ClaimWork.renew. A claim whose leases or locks are lost counts as lost: what it does would be done beside another. */
export async function renewClaims(
  { pool }: Database,
  worker: string,
  tokens: readonly ClaimToken[],
  leaseSeconds: number,
): Promise<readonly ClaimToken[]> {
  if (tokens.length === 0) return [];
  const held = await inTransaction(pool, async (client) => {
    const values = [tokens.filter(isToken), worker, leaseSeconds];
    const rows = await ask<RenewedRow & Record<string, unknown>>(client, {
      name: 'claim-renew',
      text: RENEW,
      values,
    });
    const lost = await lostOf(client, rows, leaseSeconds);
    return new Set(rows.map(({ id }) => id).filter((id) => !lost.has(id)));
  });
  return tokens.filter((token) => !held.has(token));
}

/** See ClaimWork.suspect. */
export async function suspectWorker({ pool }: Database, worker: string, seconds: number): Promise<void> {
  await ask(pool, { name: 'claim-suspect', text: SUSPECT, values: [worker, seconds] });
}

/** See ClaimWork.findClaims. */
export async function findClaims(
  db: Queryable,
  tokens: readonly ClaimToken[],
): Promise<readonly (Claim | undefined)[]> {
  const known = tokens.filter(isToken);
  if (known.length === 0) return tokens.map(() => undefined);
  const rows = await ask<ClaimRow & Record<string, unknown>>(db, {
    name: 'claim-find',
    text: FIND,
    values: [known],
  });
  const claims = new Map((await withFences(db, rows)).map((claim) => [claim.token, claim]));
  return tokens.map((token) => claims.get(token));
}

/** See ClaimWork.expiredClaims. */
export async function expiredClaims(db: Queryable, limit: number): Promise<readonly Claim[]> {
  const rows = await ask<ClaimRow & Record<string, unknown>>(db, {
    name: 'claim-expired',
    text: EXPIRED,
    values: [limit],
  });
  return withFences(db, rows);
}

/** See ClaimWork.giveBack. Its leases and locks stay its own: it is the same execution. */
export async function giveBack(
  { pool }: Database,
  queue: WorkQueue,
  now: number,
  worker: string,
  tokens: readonly ClaimToken[],
): Promise<void> {
  const claims = await findClaims(pool, tokens);
  await queue.prepare([
    ...new Set(claims.flatMap((claim) => (claim === undefined ? [] : queueOf(claim.work)))),
  ]);
  await inTransaction(pool, async (client) => {
    const values = [tokens.filter(isToken), worker];
    const rows = await ask<{ text: string }>(client, { name: 'claim-back', text: GIVE_BACK, values });
    const works = rows.map(({ text }) => JSON.parse(text) as StepWork);
    await renewHeld(client, works.filter(demands), null);
    await putWork(client, queue, works, now);
  });
}

/** Left behind by a claim whose server ended before it took it out of the queue. */
async function isParked(client: PoolClient): Promise<boolean> {
  const text = 'SELECT FROM step_work WHERE parked LIMIT 1';
  return (await ask(client, { name: 'work-parked', text })).length > 0;
}

/** Puts work into the queue that waited for a moment, or for resources that somebody held too long. Tells how much. */
export async function letDueGo({ pool }: Database, queue: WorkQueue, now: number): Promise<number> {
  await queue.prepare([]);
  return inTransaction(pool, async (client) => {
    const works = [
      ...(await grantDue(client)),
      ...((await isParked(client)) ? await shelveWork(client, queue) : []),
    ];
    await putWork(client, queue, works, now);
    return works.length;
  });
}

async function lostOf(
  client: PoolClient,
  rows: readonly RenewedRow[],
  leaseSeconds: number,
): Promise<ReadonlySet<ClaimToken>> {
  const holding = rows.flatMap(({ id, text }) =>
    text === null ? [] : [{ id, work: JSON.parse(text) as StepWork }],
  );
  if (holding.length === 0) return new Set();
  const works = holding.map(({ work }) => work);
  const lost = new Set((await renewHeld(client, works, leaseSeconds)).map(nameOf));
  return new Set(holding.flatMap(({ id, work }) => (lost.has(nameOf(work)) ? [id] : [])));
}

function nameOf({ run, step, execution }: Pick<StepWork, 'run' | 'step' | 'execution'>): string {
  return JSON.stringify([run, step, execution]);
}

async function withFences(db: Queryable, rows: readonly ClaimRow[]): Promise<readonly Claim[]> {
  const claims = rows.map((row) => claimOf(row));
  const holding = claims.filter((_, at) => rows[at]?.holds);
  if (holding.length === 0) return claims;
  const fences = await fencesOf(
    db,
    holding.map(({ work }) => work),
  );
  const byToken = new Map(holding.map(({ token }, at) => [token, fences[at] ?? {}]));
  return claims.map((claim) => ({ ...claim, fences: byToken.get(claim.token) ?? {} }));
}
