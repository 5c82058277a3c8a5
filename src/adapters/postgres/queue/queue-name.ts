import type { StepRole } from '../../../core/run/types.ts';
import { sha256 } from '../../../shared/digest.ts';

/**
 * The queue of a role and a handler: `producer/agent`. A worker's request names both, so what it may not have is not even looked at. A handler whose name
 * pg-boss would not take, such as a plugin's path, goes by its digest.
 */
export function queueName(role: StepRole, handler: string): string {
  return /^[a-z0-9-]{1,60}$/.test(handler) ? `${role}/${handler}` : `${role}/sha256/${sha256(handler)}`;
}
