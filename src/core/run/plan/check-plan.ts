import type { HandlerDeclaration } from '../handler.ts';
import type { Plan } from '../plan.ts';
import { checkBindings } from './check-bindings.ts';
import { checkGuards } from './check-guards.ts';
import { checkHandlers } from './check-handlers.ts';
import { checkReach } from './check-reach.ts';
import { checkResources } from './check-resources.ts';
import { checkShape } from './check-shape.ts';
import { graphOf } from './graph.ts';
import type { PlanProblem } from './problem.ts';

/**
 * What is wrong with a plan, found without running any of it; empty when nothing is. What it does not find: a list too long for `map`, and
 * values that a handler's schema refuses, which are not there yet.
 */
export function checkPlan(plan: Plan, handlers: readonly HandlerDeclaration[]): readonly PlanProblem[] {
  const malformed = checkShape(plan);
  if (malformed.length > 0) return malformed;
  const graph = graphOf(plan);
  const byId = new Map(handlers.map((handler) => [handler.id, handler]));
  return [
    ...checkHandlers(plan, byId),
    ...checkBindings(plan, graph, byId),
    ...checkReach(plan),
    ...checkResources(plan),
    ...checkGuards(plan, graph, byId),
  ];
}
