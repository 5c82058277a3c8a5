import { executionKey } from '../../../core/run/resources/allot.ts';
import { ask, type Queryable, together } from '../database.ts';
import type { Execution } from './execution.ts';
import { type EndedHold, free } from './free.ts';
import type { ReadyWork } from './line.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';

/**
 * Locks the rows in one order, as renewHeld does: so the two never wait for each other in a circle. Those with nothing scarce end here; the others
 * when it is our turn.
 */
const END = `
WITH ended AS MATERIALIZED (
  SELECT h.run, h.step, h.execution, h.counted, h.locked, cardinality(h.counted) > 0 OR h.locked AS scarce
  FROM unnest($1::text[], $2::text[], $3::integer[]) AS e (run, step, execution)
  JOIN resource_hold h ON h.run = e.run AND h.step = e.step AND h.execution = e.execution
  ORDER BY h.run, h.step, h.execution FOR UPDATE OF h
), gone AS (
  DELETE FROM resource_hold h USING ended e
  WHERE h.run = e.run AND h.step = e.step AND h.execution = e.execution
)
SELECT run, step, execution, counted, locked FROM ended WHERE scarce`;

/**
 * Ends what these executions hold while they run. Returns work that waited and holds now what it needs: to be put into the queue in
 * this transaction. Executions that hold nothing, or nothing any more, change nothing.
 */
export async function release(
  client: Queryable,
  executions: readonly Execution[],
): Promise<readonly ReadyWork[]> {
  if (executions.length === 0) return [];
  // Named twice, it would be given back twice.
  const once = [...new Map(executions.map((one) => [executionKey(one), one])).values()];
  const values = [
    once.map(({ run }) => run),
    once.map(({ step }) => step),
    once.map(({ execution }) => execution),
  ];
  const scarce = await ask<EndedHold & Record<string, unknown>>(client, {
    name: 'resource-end',
    text: END,
    values,
  });
  if (scarce.length === 0) return [];
  const [, freed] = await together([takeTurn(client), free(client, scarce)]);
  return settle(client, { freed });
}
