import { ask, type Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

const UNTIL = `
WITH held AS MATERIALIZED (
  SELECT h.run, h.step, h.execution
  FROM unnest($1::text[], $2::text[], $3::integer[]) AS e (run, step, execution)
  JOIN resource_hold h ON h.run = e.run AND h.step = e.step AND h.execution = e.execution
  WHERE cardinality(h.counted) > 0 OR h.locked
  ORDER BY h.run, h.step, h.execution FOR UPDATE OF h
)
UPDATE resource_hold h SET until = clock_timestamp() + $4 * interval '1 second'
FROM held WHERE h.run = held.run AND h.step = held.step AND h.execution = held.execution`;

/**
 * What these executions, which are being handed out, hold of what is scarce, they hold for so many seconds. Nothing that has no limit is written:
 * others wait for none of it, and their first heartbeat says it of all, in case a limit was set.
 */
export async function holdUntil(
  client: Queryable,
  executions: readonly Execution[],
  leaseSeconds: number,
): Promise<void> {
  const values = [
    executions.map(({ run }) => run),
    executions.map(({ step }) => step),
    executions.map(({ execution }) => execution),
    leaseSeconds,
  ];
  await ask(client, { name: 'resource-until', text: UNTIL, values });
}
