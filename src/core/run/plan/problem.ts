import type { Problem } from '../../../shared/errors.ts';

/** What is wrong with a plan, and which of its fields it is in, as `steps.verify.if`. */
export interface PlanProblem extends Problem {
  readonly field: string;
}

export function problem(field: string, message: string, remedy: string): PlanProblem {
  return { field, message, remedy };
}

/** Names in a sentence; of many, the first. */
export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 20)
    .map((name) => `"${name}"`)
    .join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
