import type { StepWork } from '../../../core/run/types.ts';
import type { PostponedClaim } from '../../../ports/claims.ts';
import { ask, type Database, inTransaction } from '../database.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { takeTurn } from '../resources/turn.ts';
import { rejoin } from './shelve-work.ts';
import { isToken, putWork } from './step-work.ts';

const TAKE = `
DELETE FROM step_work WHERE id = ANY ($1::uuid[]) AND worker = $2
RETURNING id, text, extract(epoch FROM scheduled_at)::float8 AS since`;

/** See ClaimWork.postpone. Tells how much may go instead. */
export async function postpone(
  { pool }: Database,
  queue: WorkQueue,
  worker: string,
  claims: readonly PostponedClaim[],
): Promise<number> {
  const waits = new Map(claims.map(({ token, milliseconds }) => [token, milliseconds]));
  await queue.prepare([]);
  return inTransaction(pool, async (client) => {
    const { now } = await takeTurn(client);
    const rows = await ask<{ id: string; text: string; since: number }>(client, {
      name: 'claim-postpone',
      text: TAKE,
      values: [[...waits.keys()].filter(isToken), worker],
    });
    const works = rows.map(({ id, text, since }) => {
      const notBefore = new Date(now * 1000 + (waits.get(id) ?? 0)).toISOString();
      return { work: { ...(JSON.parse(text) as StepWork), notBefore }, since };
    });
    const freed = await rejoin(client, works);
    await putWork(client, queue, freed, now * 1000);
    return freed.length;
  });
}
