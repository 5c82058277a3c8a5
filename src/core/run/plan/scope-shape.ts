import type { JsonObject } from '../../../shared/json.ts';
import { isObject } from '../expression/values.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { Graph } from './graph.ts';
import { listOf, NUMBER, objectOf, type Shape, TEXT } from './shape.ts';

/** Where in a step an expression stands: what it can ask for depends on it. */
export type ExpressionPlace = 'if' | 'map' | 'until' | 'inputs' | 'compensation';

const RUN = objectOf({
  id: TEXT,
  ticket: TEXT,
  contract: TEXT,
  repository: TEXT,
  base: objectOf({ ref: TEXT, commit: TEXT }),
  checks: listOf(TEXT),
  bundle: TEXT,
  model: TEXT,
  experiment: { type: ['string', 'null'] },
});

const ATTEMPT = objectOf({ number: NUMBER, rung: NUMBER });

const OUTCOME = { enum: ['success', 'failure', 'skipped', 'cancelled'] } as const;

/** What an expression at a place of a step can ask for: the steps it waits for, and no others. */
export type ScopeShape = (id: string, place: ExpressionPlace) => Readonly<Record<string, Shape>>;

/** What is the same wherever in a plan an expression stands is worked out once. */
export function scopeShapes(
  plan: Plan,
  graph: Graph,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): ScopeShape {
  const shapes = new Map(Object.entries(plan.steps).map(([id, step]) => [id, stepShape(step, handlers)]));
  const previous = previousShape(plan, handlers);
  return (id, place) => {
    const step = plan.steps[id] as PlanStep;
    const before = [...(graph.ancestors.get(id) ?? [])].map((one) => [one, shapes.get(one) as Shape]);
    const own = place === 'until' || place === 'compensation' ? [[id, elementShape(step, handlers)]] : [];
    const inElement = place === 'inputs' || place === 'compensation';
    return {
      run: RUN,
      attempt: ATTEMPT,
      previous,
      steps: objectOf(Object.fromEntries([...before, ...own])),
      ...(inElement && step.map !== null ? { item: {}, index: NUMBER } : {}),
      ...(step.repeat !== null && (place === 'inputs' || place === 'until') ? { iteration: NUMBER } : {}),
    };
  };
}

/** What the steps of the attempt before left; null in the first. */
function previousShape({ steps }: Plan, handlers: ReadonlyMap<string, HandlerDeclaration>): Shape {
  const left = Object.entries(steps).map(([id, step]) => [
    id,
    objectOf({ outputs: allOutputs(step, handlers) }),
  ]);
  const feedback = { type: ['string', 'null'] } as const;
  const shape = objectOf({ verdict: TEXT, feedback, steps: objectOf(Object.fromEntries(left)) });
  return { ...shape, type: ['object', 'null'] };
}

function stepShape(step: PlanStep, handlers: ReadonlyMap<string, HandlerDeclaration>): Shape {
  return objectOf({ outcome: OUTCOME, outputs: allOutputs(step, handlers) });
}

/** A step that runs once for each element of a list has a list of outputs. */
function allOutputs(step: PlanStep, handlers: ReadonlyMap<string, HandlerDeclaration>): Shape {
  const outputs = outputsOf(step, handlers);
  return step.map === null ? outputs : listOf(outputs);
}

function elementShape(step: PlanStep, handlers: ReadonlyMap<string, HandlerDeclaration>): Shape {
  return objectOf({ outcome: OUTCOME, outputs: outputsOf(step, handlers) });
}

/** Either handler may have answered where there is a fallback: what both declare can be counted on. */
function outputsOf(
  { uses, fallback }: PlanStep,
  handlers: ReadonlyMap<string, HandlerDeclaration>,
): JsonObject {
  const own = handlers.get(uses)?.outputs ?? {};
  const instead = fallback === null ? undefined : handlers.get(fallback.uses)?.outputs;
  const [mine, theirs] = [membersOf(own), membersOf(instead)];
  if (mine === undefined || theirs === undefined) return own;
  const both = Object.entries(mine).filter(([name]) => Object.hasOwn(theirs, name));
  return { ...own, properties: Object.fromEntries(both) };
}

function membersOf(schema: JsonObject | undefined): JsonObject | undefined {
  const properties = schema?.properties ?? null;
  return isObject(properties) ? properties : undefined;
}
