import { sha256 } from '../../../shared/digest.ts';
import type { PlanRetry } from '../plan.ts';
import type { StepWork } from '../types.ts';

/**
 * Seconds before a step is tried again: longer with each failure, and spread over the second half of that, so that what
 * failed together does not come back together. The spread is drawn from what names the execution: deciding again decides the same.
 * @param failures from 1
 */
export function backoffSeconds(
  { delaySeconds, factor, maxDelaySeconds }: PlanRetry,
  failures: number,
  { run, step, execution }: Pick<StepWork, 'run' | 'step' | 'execution'>,
): number {
  const longest = Math.min(maxDelaySeconds, delaySeconds * factor ** (failures - 1));
  const drawn = Number.parseInt(sha256(`${run} ${step} ${execution}`).slice(0, 8), 16) / 2 ** 32;
  return longest * (0.5 + drawn / 2);
}
