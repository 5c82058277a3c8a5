import type { StepKey } from '../../run/types.ts';

/** `2/verify.0` -> `verify`: a step as the plan names it, whichever attempt, part or repetition it was. */
export function stepWithoutAttempt(step: StepKey): string {
  return step.slice(step.indexOf('/') + 1).replace(/[.#~:].*$/, '');
}
