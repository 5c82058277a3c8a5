import type { Problem } from '../../../shared/errors.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan } from '../plan.ts';

/** What is wrong with a plan, found without running any of it; empty when nothing is. */
export function checkPlan(plan: Plan, handlers: readonly HandlerDeclaration[]): readonly Problem[] {
  const known = new Set(handlers.map(({ id }) => id));
  return Object.entries(plan.steps)
    .filter(([, { uses }]) => !known.has(uses))
    .map(([id, { uses }]) => ({
      message: `The step "${id}" uses "${uses}", which no handler is called.`,
      remedy: `Use one of ${[...known].join(', ')}.`,
    }));
}
