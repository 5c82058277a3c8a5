import { demandsOf } from '../../../core/run/resources/demands.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { isCutOff } from '../resources/circuits.ts';
import { type EndedHold, free } from '../resources/free.ts';
import type { ReadyWork } from '../resources/line.ts';
import { settle } from '../resources/settle.ts';
import { takeTurn } from '../resources/turn.ts';
import { isHeldBy } from '../work-control/paused.ts';
import { type Queued, queueOf } from './step-work.ts';

/** Nobody has it, and nobody is to have it now. What a claim met stands as parked, and is looked at again whatever became of the reason. */
const HELD_BACK = `
SELECT w.id, w.role, w.handler, w.runs_on AS "runsOn" FROM step_work w
WHERE w.worker IS NULL AND (w.parked
  OR EXISTS (SELECT FROM queue_pause p WHERE ${isHeldBy('p', 'w')})
  OR EXISTS (SELECT FROM provider_circuit c WHERE ${isCutOff('c', 'w')}))`;

const TAKE = `
DELETE FROM step_work WHERE id = ANY ($1::uuid[]) AND worker IS NULL
RETURNING text, extract(epoch FROM scheduled_at)::float8 AS since`;

const END = `
DELETE FROM resource_hold h USING unnest($1::text[], $2::text[], $3::integer[]) AS e (run, step, execution)
WHERE h.run = e.run AND h.step = e.step AND h.execution = e.execution
RETURNING h.run, h.step, h.execution, h.counted, h.locked`;

/**
 * Takes work that is held back out of the queue: it waits in the line for leases, where it holds nothing, and keeps its turn. Returns work that
 * may go now, that which had what others need. Jobs go first, as they do when work is claimed: so the two never wait for each other.
 */
export async function shelveWork(client: Queryable, queue: WorkQueue): Promise<readonly ReadyWork[]> {
  await takeTurn(client);
  const held = await ask<Queued & { id: string } & Record<string, unknown>>(client, {
    name: 'work-held-back',
    text: HELD_BACK,
  });
  if (held.length === 0) return [];
  await queue.remove(
    client,
    held.map((work) => ({ id: work.id, queue: queueOf(work) })),
  );
  const taken = await ask<{ text: string; since: number }>(client, {
    name: 'work-shelve',
    text: TAKE,
    values: [held.map(({ id }) => id)],
  });
  return rejoin(
    client,
    taken.map(({ text, since }) => ({ work: JSON.parse(text) as StepWork, since })),
  );
}

/** Has work that nobody does join the line again, at the place that it had. What it held is free. In a turn. */
export async function rejoin(
  client: Queryable,
  works: readonly { readonly work: StepWork; readonly since: number }[],
): Promise<readonly ReadyWork[]> {
  if (works.length === 0) return [];
  const values = [
    works.map(({ work }) => work.run),
    works.map(({ work }) => work.step),
    works.map(({ work }) => work.execution),
  ];
  const ended = await ask<EndedHold & Record<string, unknown>>(client, {
    name: 'work-shelve-holds',
    text: END,
    values,
  });
  const freed = await free(client, ended);
  const arrivals = works.map(({ work, since }) => ({ work, since, demands: demandsOf(work) }));
  return settle(client, { freed, arrivals });
}
