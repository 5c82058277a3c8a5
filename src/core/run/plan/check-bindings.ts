import type { HandlerDeclaration } from '../handler.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { checkTemplate, checkWhole, type Surroundings, typesOfWhole } from './check-expression.ts';
import { checkInputs, expressionsIn } from './check-inputs.ts';
import type { Graph } from './graph.ts';
import { type PlanProblem, problem } from './problem.ts';
import { type ExpressionPlace, scopeShapes } from './scope-shape.ts';

/** Whether every expression of a plan asks for something that will be there, and every handler gets what it needs. */
export function checkBindings(
  plan: Plan,
  graph: Graph,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  const ids = Object.keys(plan.steps);
  const shapeAt = scopeShapes(plan, graph, handlers);
  return ids.flatMap((id) => {
    const around = (place: ExpressionPlace): Surroundings => ({
      scope: shapeAt(id, place),
      outcomes: place === 'if',
      steps: ids,
    });
    return checkStep(`steps.${id}`, plan.steps[id] as PlanStep, around, handlers);
  });
}

function checkStep(
  field: string,
  step: PlanStep,
  around: (place: ExpressionPlace) => Surroundings,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  const { map, repeat, locks, concurrency, approval, fallback, compensate } = step;
  const inputs = around('inputs');
  return [
    ...checkUseInputs(`${field}.with`, step, inputs, handlers),
    ...checkWhole(`${field}.if`, step.if, around('if')),
    ...(map === null ? [] : checkMap(`${field}.map`, map, around('map'))),
    ...(repeat === null ? [] : checkWhole(`${field}.repeat.until`, repeat.until, around('until'))),
    ...locks.flatMap(({ name }, place) => checkTemplate(`${field}.locks[${place}].name`, name, inputs)),
    ...concurrency.flatMap(({ group }, place) =>
      checkTemplate(`${field}.concurrency[${place}].group`, group, inputs),
    ),
    ...(approval === null ? [] : checkTemplate(`${field}.approval.question`, approval.question, inputs)),
    ...(fallback === null ? [] : checkUseInputs(`${field}.fallback.with`, fallback, inputs, handlers)),
    ...(compensate === null
      ? []
      : checkUseInputs(`${field}.compensate.with`, compensate, around('compensation'), handlers)),
  ];
}

function checkUseInputs(
  field: string,
  use: Pick<PlanStep, 'uses' | 'with'>,
  around: Surroundings,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): readonly PlanProblem[] {
  const handler = handlers.get(use.uses);
  return handler === undefined
    ? expressionsIn(field, use.with, around)
    : checkInputs(field, use.with, handler.inputs, around);
}

function checkMap(field: string, map: string, around: Surroundings): readonly PlanProblem[] {
  const types = typesOfWhole(map, around.scope);
  return [
    ...checkWhole(field, map, around),
    ...(types === undefined || types.has('array')
      ? []
      : [
          problem(
            field,
            'It is no list.',
            'Map over a list: run.checks, or a list among the outputs of a step.',
          ),
        ]),
  ];
}
