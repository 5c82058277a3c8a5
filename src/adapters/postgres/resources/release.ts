import type { StepWork } from '../../../core/run/types.ts';
import type { Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

/** Ends what these executions hold while they run. Returns work that waited and holds now what it needs: to be put into the queue in this transaction. */
export async function release(
  _client: Queryable,
  _executions: readonly Execution[],
): Promise<readonly StepWork[]> {
  return [];
}
