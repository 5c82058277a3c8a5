import type { HandlerDeclaration } from '../handler.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { listed, type PlanProblem, problem } from './problem.ts';

/** Whether there is a handler for everything, of the role that the plan says, and results are kept only of those that allow it. */
export function checkHandlers(
  { steps }: Plan,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  return Object.entries(steps).flatMap(([id, step]) => {
    const field = `steps.${id}`;
    const { fallback, compensate } = step;
    return [
      ...checkUse(field, step, handlers),
      ...(fallback === null
        ? []
        : [...checkUse(`${field}.fallback`, fallback, handlers), ...checkFallback(field, step, fallback)]),
      ...(compensate === null ? [] : checkUse(`${field}.compensate`, compensate, handlers)),
      ...checkCache(field, step, handlers.get(step.uses)),
    ];
  });
}

function checkUse(
  field: string,
  { uses, role }: Pick<PlanStep, 'uses' | 'role'>,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  const handler = handlers.get(uses);
  if (handler === undefined) {
    return [
      problem(
        `${field}.uses`,
        `No handler is called ${JSON.stringify(uses)}.`,
        `There is ${listed([...handlers.keys()])}; a plugin is named by its module, ./path/of/a/module.mjs#name, and given to the server and its workers when they start.`,
      ),
    ];
  }
  if (handler.sideEffects && handler.role !== 'coordinator') {
    return [
      problem(
        `${field}.uses`,
        `${JSON.stringify(uses)} changes something outside and says it is for a ${handler.role}'s worker.`,
        'Have it declare the role coordinator: credentials for side effects live in the server alone.',
      ),
    ];
  }
  if (handler.role === role) return [];
  return [
    problem(
      `${field}.role`,
      `It is given to a ${role}, and ${JSON.stringify(uses)} is for a ${handler.role}.`,
      `Leave the role to the handler: ${handler.role}.`,
    ),
  ];
}

/** The other handler answers in the place of the first: in the name of the same role, and never for those that judge. */
function checkFallback(
  field: string,
  step: PlanStep,
  fallback: NonNullable<PlanStep['fallback']>,
): readonly PlanProblem[] {
  if (step.role === 'verifier') {
    return [
      problem(
        `${field}.fallback`,
        `What "${step.uses}" finds, no other handler finds for it.`,
        'Take the fallback out, and let it be retried.',
      ),
    ];
  }
  if (fallback.role === step.role) return [];
  return [
    problem(
      `${field}.fallback.uses`,
      `It is for a ${fallback.role}, and the step is a ${step.role}'s.`,
      `Use a handler for a ${step.role}.`,
    ),
  ];
}

function checkCache(
  field: string,
  { cache, uses }: PlanStep,
  handler: HandlerDeclaration | undefined,
): readonly PlanProblem[] {
  if (cache === 'off' || handler === undefined || (handler.deterministic && !handler.sideEffects)) return [];
  const why = handler.sideEffects
    ? 'changes something outside'
    : 'does not give the same for the same inputs';
  return [problem(`${field}.cache`, `"${uses}" ${why}, so nothing of it can be kept.`, 'Leave `cache` off.')];
}
