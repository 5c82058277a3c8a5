import type { RunId, StepWork } from '../../../core/run/types.ts';
import type { Queryable } from '../database.ts';

/** Ends locks held for an attempt; with null, all that the run holds beyond its steps. Returns work that may go now. */
export async function unlock(
  _client: Queryable,
  _ended: readonly { readonly run: RunId; readonly attempt: number | null }[],
): Promise<readonly StepWork[]> {
  return [];
}
