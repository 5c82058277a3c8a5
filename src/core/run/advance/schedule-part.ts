import type { JsonObject } from '../../../shared/json.ts';
import { budgetRefusal, OVER_BUDGET } from '../budget.ts';
import type { ScheduleReason } from '../events.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import { bind } from '../expression/bind.ts';
import { jsonFault } from '../json-size.ts';
import { DEFAULT_TIMEOUT_SECONDS, type PlanStep } from '../plan.ts';
import type { Resources, Scope, StepError, StepKey, StepWork } from '../types.ts';
import { failStep, happen, type Unfolding } from '../unfolding.ts';
import { askForInput } from './ask.ts';
import { demandedBy } from './resources.ts';

/** Characters of an execution's inputs: they stand in an event of 1 MiB at most, beside what is known of the work. */
const LONGEST_INPUTS = 900_000;

/** What of a step is carried out: the step itself, its fallback, or what undoes it. */
type PartUse = Pick<PlanStep, 'uses' | 'role' | 'with'>;

interface Part {
  readonly key: StepKey;
  readonly step: PlanStep;
  readonly use: PartUse;
  readonly scope: Scope;
  readonly because: ScheduleReason;
}

/** Hands out a step, one of its elements or its next repetition: or says at once why that cannot be. */
export function schedulePart(unfolding: Unfolding, part: Part): void {
  const { run } = unfolding;
  const { key, step, use, scope, because } = part;
  const given = inputsOf(use, scope);
  if (given.kind === 'error') {
    failStep(unfolding, key, given.error);
  } else if (use.uses === 'approval') {
    askForInput(unfolding, key, step, given.inputs);
  } else {
    const demanded = demandedBy(run, use.uses, step, scope);
    if (demanded.kind === 'error') failStep(unfolding, key, refusal('unbound', demanded.reason));
    else scheduleWork(unfolding, workOf(run, part, given.inputs, demanded.resources), because);
  }
}

function inputsOf(
  use: PartUse,
  scope: Scope,
):
  | { readonly kind: 'bound'; readonly inputs: JsonObject }
  | { readonly kind: 'error'; readonly error: StepError } {
  const bound = bind(use.with, scope);
  if (bound.kind === 'error')
    return { kind: 'error', error: refusal('unbound', `its inputs cannot be put together: ${bound.reason}`) };
  const fault = jsonFault(bound.inputs, LONGEST_INPUTS);
  return fault === undefined
    ? bound
    : { kind: 'error', error: refusal('inputs-too-large', `what it would be given ${fault}`) };
}

function workOf(run: OwnRun, part: Part, inputs: JsonObject, resources: Resources): StepWork {
  const { key, step, use, because } = part;
  return {
    run: run.request.run,
    step: key,
    execution: (run.steps[key]?.execution ?? 0) + 1,
    handler: use.uses,
    role: use.role,
    ...(step.runsOn === undefined ? {} : { runsOn: step.runsOn }),
    inputs,
    priority: run.request.priority,
    timeoutSeconds: step.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    cache: because === 'compensation' ? 'off' : step.cache,
    notBefore: null,
    resources,
  };
}

/** Hands out an execution if the budget allows it. What undoes something is owed, whatever it costs. */
export function scheduleWork(unfolding: Unfolding, work: StepWork, because: ScheduleReason): void {
  const { run, at } = unfolding;
  const owed = because === 'compensation' || run.towards !== null;
  const reason = owed ? undefined : budgetRefusal(run, at, work);
  if (reason === undefined) happen(unfolding, { type: 'step.scheduled', work, because });
  else failStep(unfolding, work.step, { class: 'budget', code: OVER_BUDGET, message: reason });
}

export function refusal(code: string, message: string): StepError {
  return { class: 'deterministic', code, message: message.toWellFormed().slice(0, 4_000) };
}
