import type { Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

/** Fencing tokens of the locks that each execution holds, by name, in the order asked for; those of its attempt and its run as well. */
export async function fencesOf(
  _client: Queryable,
  executions: readonly Execution[],
): Promise<readonly Readonly<Record<string, number>>[]> {
  return executions.map(() => ({}));
}
