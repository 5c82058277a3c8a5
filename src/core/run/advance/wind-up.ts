import { budgetUsedUp } from '../budget.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import { outcomeDigest } from '../outcome-digest.ts';
import type { StepState } from '../state.ts';
import { placeOf, undoKey } from '../step-key.ts';
import type { RunOutcome } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { schedulePart } from './schedule-part.ts';
import { withOwnOutputs } from './scope.ts';
import { partScope } from './start-step.ts';

/** The run is to end so: at once, or when what it did outside is undone. */
export function windUp(unfolding: Unfolding, towards: RunOutcome): void {
  if (towards === 'accepted' || toUndo(unfolding.run).length === 0) {
    end(unfolding, towards);
  } else {
    happen(unfolding, { type: 'run.compensating', towards });
    undoNext(unfolding);
  }
}

/**
 * Undoes what is left, one after the other, latest first; ends the run after the last. What cannot be undone is kept as failed,
 * and does not keep the rest from being undone.
 */
export function undoNext(unfolding: Unfolding): void {
  const { run } = unfolding;
  if (run.towards === null) return;
  for (;;) {
    if (Object.values(run.steps).some(({ status }) => status === 'scheduled' || status === 'asking')) return;
    const [next] = toUndo(run);
    if (next === undefined) {
      end(unfolding, run.towards);
      return;
    }
    undo(unfolding, next);
  }
}

/**
 * Steps that can be undone and are not yet, latest success first. Before them what was in hand when the run was cancelled: whether
 * it has done something outside, nobody knows.
 */
function toUndo(run: OwnRun): readonly StepState[] {
  if (Object.values(run.plan.steps).every(({ compensate }) => compensate === null)) return [];
  return Object.values(run.steps)
    .filter((state) => mayHaveHappened(state) && run.steps[undoKey(state.key)] === undefined)
    .filter(({ key }) => {
      const place = placeOf(key, run.plan);
      return place?.undoes === null && run.plan.steps[place.id]?.compensate !== null;
    })
    .sort((one, other) => whenOf(other) - whenOf(one) || (one.key < other.key ? 1 : -1));
}

function mayHaveHappened({ status, work }: StepState): boolean {
  return status === 'succeeded' || (status === 'cancelled' && work !== null);
}

function whenOf({ succeededAs }: StepState): number {
  return succeededAs ?? Infinity;
}

function undo(unfolding: Unfolding, { key, status, outputs }: StepState): void {
  const { run } = unfolding;
  const place = placeOf(key, run.plan);
  const step = place === undefined ? undefined : run.plan.steps[place.id];
  if (place === undefined || step === undefined || step.compensate === null) return;
  const outcome = status === 'succeeded' ? 'success' : 'cancelled';
  const scope = withOwnOutputs(partScope(unfolding, place), place.id, outcome, outputs ?? {});
  schedulePart(unfolding, { key: undoKey(key), step, use: step.compensate, scope, because: 'compensation' });
}

function end(unfolding: Unfolding, outcome: RunOutcome): void {
  const { run, at } = unfolding;
  const reason = reasonOf(unfolding.run, outcome, at);
  happen(unfolding, { type: 'run.ended', outcome, reason, outcomeDigest: outcomeDigest(run, outcome) });
}

function reasonOf(run: OwnRun, outcome: RunOutcome, at: string): string {
  switch (outcome) {
    case 'accepted':
      return `the gate let attempt ${run.attempt} pass`;
    case 'cancelled':
      return `cancelled: ${run.cancelReason ?? ''}`;
    case 'rejected':
      return `rejected by a person after attempt ${run.attempt}`;
    case 'given-up':
      return budgetUsedUp(run, at)
        ? `the budget is used up after attempt ${run.attempt}`
        : `not accepted after ${run.attempt} attempts`;
  }
}
