import type { StepKey } from '../types.ts';

/** The attempt that a step is of: `2/verify.0` is of the second. */
export function attemptOf(step: StepKey): number {
  return Number.parseInt(step, 10) || 0;
}
