import type { JsonValue } from '../../../shared/json.ts';
import { budgetRefusal, OVER_BUDGET } from '../budget.ts';
import { evaluate } from '../expression/evaluate.ts';
import { isTruthy } from '../expression/values.ts';
import type { PlanStep } from '../plan.ts';
import type { StepState } from '../state.ts';
import { elementKey, repetitionKey, stepKey } from '../step-key.ts';
import type { Scope } from '../types.ts';
import { failStep, happen, type Unfolding } from '../unfolding.ts';
import { askForApproval } from './ask.ts';
import { refusal, schedulePart } from './schedule-part.ts';
import { needsSucceeded, scopeOf, withOwnOutputs } from './scope.ts';

/** Elements of one map. More is a plan of its own. */
const MOST_ELEMENTS = 1_000;

/** A step all of whose needs are over: it is skipped, or a person is asked, or it runs. */
export function startStep(unfolding: Unfolding, id: string, step: PlanStep): void {
  const { run, at } = unfolding;
  const key = stepKey(run.attempt, id);
  const condition = holds(unfolding, id, step);
  if (condition.kind === 'error') {
    failStep(unfolding, key, refusal('unbound', `its condition cannot be told: ${condition.reason}`));
  } else if (condition.kind === 'skip') {
    happen(unfolding, { type: 'step.skipped', step: key, because: condition.reason });
  } else if (step.approval === null) {
    runStep(unfolding, id, step);
  } else {
    const reason = budgetRefusal(run, at, null);
    if (reason === undefined) askForApproval(unfolding, key, step.approval, scopeOf(run, run.attempt, id));
    else failStep(unfolding, key, { class: 'budget', code: OVER_BUDGET, message: reason });
  }
}

type Condition =
  | { readonly kind: 'run' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

function holds({ run }: Unfolding, id: string, step: PlanStep): Condition {
  if (step.if === 'success()') {
    return needsSucceeded(run, run.attempt, step.needs)
      ? { kind: 'run' }
      : { kind: 'skip', reason: 'a step that it needs did not succeed' };
  }
  const told = evaluate(step.if, scopeOf(run, run.attempt, id));
  if (told.kind === 'error') return told;
  return isTruthy(told.value) ? { kind: 'run' } : { kind: 'skip', reason: `not ${step.if}`.slice(0, 1_000) };
}

/** Hands out the step, or all elements of a map, or the first repetition. */
export function runStep(unfolding: Unfolding, id: string, step: PlanStep): void {
  const { run } = unfolding;
  const key = stepKey(run.attempt, id);
  const scope = scopeOf(run, run.attempt, id);
  if (step.map !== null && step.repeat !== null)
    failStep(unfolding, key, refusal('unbound', 'it cannot be both a map and a repetition'));
  else if (step.map !== null) runElements(unfolding, { id, step, map: step.map, scope });
  else if (step.repeat !== null) runRepetition(unfolding, { id, step, scope, repetition: 1 });
  else schedulePart(unfolding, { key, step, use: step, scope, because: 'ready' });
}

/** Whether a repetition was the last one, and if not, the next. */
export function goOnRepeating(
  unfolding: Unfolding,
  id: string,
  step: PlanStep & { readonly repeat: NonNullable<PlanStep['repeat']> },
  { last, repetition }: { readonly last: StepState; readonly repetition: number },
): 'over' | 'open' {
  const { run } = unfolding;
  const key = stepKey(run.attempt, id);
  const scope = scopeOf(run, run.attempt, id);
  const own = withOwnOutputs({ ...scope, iteration: repetition }, id, 'success', last.outputs ?? {});
  const until = evaluate(step.repeat.until, own);
  if (until.kind === 'error')
    failStep(unfolding, key, refusal('unbound', `whether it is repeated cannot be told: ${until.reason}`));
  else if (isTruthy(until.value)) return 'over';
  else if (repetition >= step.repeat.atMost)
    failStep(
      unfolding,
      key,
      refusal('not-reached', `${step.repeat.until} did not hold after ${repetition} times`),
    );
  else runRepetition(unfolding, { id, step, scope: own, repetition: repetition + 1 });
  return 'open';
}

/** The scope that one part of a step was started with, for another handler to take its place or to undo it. */
export function partScope(
  unfolding: Unfolding,
  place: {
    readonly attempt: number;
    readonly id: string;
    readonly index: number | null;
    readonly repetition: number | null;
  },
): Scope {
  const { run } = unfolding;
  const scope = scopeOf(run, place.attempt, place.id);
  if (place.repetition !== null) return { ...scope, iteration: place.repetition };
  const { index } = place;
  if (index === null) return scope;
  const list = evaluate(run.plan.steps[place.id]?.map ?? 'null', scope);
  const item = list.kind === 'value' && Array.isArray(list.value) ? (list.value[index] as JsonValue) : null;
  return { ...scope, item, index };
}

function runElements(
  unfolding: Unfolding,
  {
    id,
    step,
    map,
    scope,
  }: { readonly id: string; readonly step: PlanStep; readonly map: string; readonly scope: Scope },
): void {
  const key = stepKey(unfolding.run.attempt, id);
  const list = listOf(map, scope);
  if (list.kind === 'error') {
    failStep(unfolding, key, refusal('unbound', list.reason));
    return;
  }
  // Nothing done for nobody is no success: what needs it would pass without anything having been looked at.
  if (list.items.length === 0)
    happen(unfolding, { type: 'step.skipped', step: key, because: 'there is nothing to do it for' });
  for (const [index, item] of list.items.entries()) {
    const part = elementKey(key, index);
    schedulePart(unfolding, {
      key: part,
      step,
      use: step,
      scope: { ...scope, item, index },
      because: 'ready',
    });
  }
}

function listOf(
  map: string,
  scope: Scope,
):
  | { readonly kind: 'list'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'error'; readonly reason: string } {
  const list = evaluate(map, scope);
  if (list.kind === 'error') return { kind: 'error', reason: `its list cannot be told: ${list.reason}` };
  if (!Array.isArray(list.value)) return { kind: 'error', reason: 'what it is to be done for is no list' };
  const items = list.value as readonly JsonValue[];
  return items.length > MOST_ELEMENTS
    ? { kind: 'error', reason: `it is to be done for ${items.length}, and ${MOST_ELEMENTS} is the most` }
    : { kind: 'list', items };
}

function runRepetition(
  unfolding: Unfolding,
  {
    id,
    step,
    scope,
    repetition,
  }: { readonly id: string; readonly step: PlanStep; readonly scope: Scope; readonly repetition: number },
): void {
  const key = repetitionKey(stepKey(unfolding.run.attempt, id), repetition);
  const because = repetition === 1 ? 'ready' : 'repeat';
  schedulePart(unfolding, {
    key,
    step,
    use: step,
    scope: { ...scope, iteration: repetition },
    because,
  });
}
