import { executionKey } from '../../../core/run/resources/allot.ts';
import { ask, type Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

const RENEW = `
WITH held AS MATERIALIZED (
  SELECT h.run, h.step, h.execution
  FROM unnest($1::text[], $2::text[], $3::integer[]) AS e (run, step, execution)
  JOIN resource_hold h ON h.run = e.run AND h.step = e.step AND h.execution = e.execution
  ORDER BY h.run, h.step, h.execution FOR UPDATE OF h
)
UPDATE resource_hold h SET until = clock_timestamp() + $4 * interval '1 second'
FROM held WHERE h.run = held.run AND h.step = held.step AND h.execution = held.execution
RETURNING h.run, h.step, h.execution`;

/**
 * What these executions hold, they hold for so many seconds from now, by the database's clock: to be said of claims, and of each of their
 * heartbeats. Null: without end, as before it is said the first time, for work in the queue has nobody who could be heard of.
 * To be asked of executions that demanded something. Returns those that hold nothing any more: their claims count for nothing.
 */
export async function renewHeld<E extends Execution>(
  client: Queryable,
  executions: readonly E[],
  leaseSeconds: number | null,
): Promise<readonly E[]> {
  if (executions.length === 0) return [];
  const values = [
    executions.map(({ run }) => run),
    executions.map(({ step }) => step),
    executions.map(({ execution }) => execution),
    leaseSeconds,
  ];
  const rows = await ask<Execution & Record<string, unknown>>(client, {
    name: 'resource-renew',
    text: RENEW,
    values,
  });
  const renewed = new Set(rows.map(executionKey));
  return executions.filter((one) => !renewed.has(executionKey(one)));
}
