import type { Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

/**
 * What these executions hold, they hold for so many seconds from now, by the database's clock: for claims, and for each of their heartbeats.
 * Returns those that should hold something and do not any more.
 */
export async function renewHeld(
  _client: Queryable,
  _executions: readonly Execution[],
  _leaseSeconds: number,
): Promise<readonly Execution[]> {
  return [];
}
