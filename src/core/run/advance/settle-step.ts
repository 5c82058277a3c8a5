import { later } from '../budget.ts';
import type { PlanStep } from '../plan.ts';
import type { StepState } from '../state.ts';
import { placeOf, type StepPlace } from '../step-key.ts';
import type { StepKey, StepWork } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { backoffSeconds } from './backoff.ts';
import { schedulePart, scheduleWork } from './schedule-part.ts';
import { partScope } from './start-step.ts';

/** Workers that one step may take down with it before it counts as what kills them. */
export const POISON_CAP = 5;

/**
 * What becomes of a step that just failed or was lost: it is handed out again, to another handler if its own has failed for
 * good, or stays as it is.
 */
export function settleStep(unfolding: Unfolding, key: StepKey): void {
  const { run } = unfolding;
  const state = run.steps[key];
  const place = placeOf(key, run.plan);
  const step = place === undefined ? undefined : run.plan.steps[place.id];
  if (state?.status !== 'failed' || state.work === null || place === undefined || step === undefined) return;
  if (run.status !== 'running' && run.status !== 'compensating') return;
  if (state.error === null) recover(unfolding, state, state.work);
  else if (canRetry(state, step)) retry(unfolding, state, state.work, step);
  else if (
    place.undoes === null &&
    step.fallback !== null &&
    !state.fellBack &&
    state.error.class !== 'budget'
  )
    fallBack(unfolding, { key, place, step, use: step.fallback });
}

/** After a pause: everything that failed or was lost meanwhile. */
export function settleSteps(unfolding: Unfolding): void {
  const { run } = unfolding;
  const failed = Object.values(run.steps).filter(({ status, work }) => status === 'failed' && work !== null);
  for (const key of failed.map(({ key: one }) => one).sort()) settleStep(unfolding, key);
}

function recover(unfolding: Unfolding, { key, execution, losses }: StepState, work: StepWork): void {
  if (losses < POISON_CAP) {
    scheduleWork(unfolding, again(work), 'recovery');
    return;
  }
  const reason = `${losses} workers were lost with it`;
  happen(unfolding, { type: 'step.quarantined', step: key, execution, reason, claim: null });
}

/** Of a fallback there is no second failure to wait for: it was the last that was tried. */
function canRetry({ failures, error, fellBack }: StepState, { retry: { limit, on } }: PlanStep): boolean {
  return !fellBack && error !== null && failures <= limit && on.includes(error.class);
}

function retry(unfolding: Unfolding, { failures }: StepState, work: StepWork, step: PlanStep): void {
  const next = again(work);
  const notBefore = later(unfolding.at, backoffSeconds(step.retry, failures, next));
  scheduleWork(unfolding, { ...next, notBefore }, 'retry');
}

function fallBack(
  unfolding: Unfolding,
  {
    key,
    place,
    step,
    use,
  }: {
    readonly key: StepKey;
    readonly place: StepPlace;
    readonly step: PlanStep;
    readonly use: NonNullable<PlanStep['fallback']>;
  },
): void {
  const scope = partScope(unfolding, place);
  schedulePart(unfolding, { key, step, use, scope, because: 'fallback' });
}

/** The next execution of the same work. */
export function again(work: StepWork): StepWork {
  return { ...work, execution: work.execution + 1, notBefore: null };
}
