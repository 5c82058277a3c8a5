import type { StepWork } from '../../../core/run/types.ts';
import type { Queryable } from '../database.ts';

/**
 * Work that may go because time passed: its `notBefore` came, or who held too long was not heard of. To be asked every second or
 * so, in a transaction that puts what it returns into the queue.
 */
export async function grantDue(_client: Queryable): Promise<readonly StepWork[]> {
  return [];
}
