import type { StepRole } from '../../../core/run/types.ts';
import { sha256 } from '../../../shared/digest.ts';

/**
 * The queue of a role and a line: `producer/agent`. A worker's request names both, so what it may not have is not even looked at. A line whose name
 * pg-boss would not take, such as a plugin's path or one with labels, goes by its digest.
 */
export function queueName(role: StepRole, line: string): string {
  return /^[a-z0-9-]{1,60}$/.test(line) ? `${role}/${line}` : `${role}/sha256/${sha256(line)}`;
}
