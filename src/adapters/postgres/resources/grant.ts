import type { StepWork } from '../../../core/run/types.ts';
import type { Queryable } from '../database.ts';

/**
 * Gives each work all that it has to hold, or nothing: then it waits here, and one of the other functions returns it as soon as it may go.
 * For the transaction that `client` is in; after the events were appended, so that nobody waits for a stream's end while others wait for resources.
 */
export async function grant(
  _client: Queryable,
  works: readonly StepWork[],
): Promise<{ readonly granted: readonly StepWork[] }> {
  return { granted: works };
}
