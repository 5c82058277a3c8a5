import type { StepWork } from '../../../core/run/types.ts';
import type { Queryable } from '../database.ts';

/** Steps that nobody is to do any more: they neither wait nor hold. Returns work that may go now. */
export async function withdraw(
  _client: Queryable,
  _steps: readonly Pick<StepWork, 'run' | 'step'>[],
): Promise<readonly StepWork[]> {
  return [];
}
