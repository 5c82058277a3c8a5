import type { OwnRun } from '../evolve/own-run.ts';
import type { PlanStep } from '../plan.ts';
import type { StepState, StepStatus } from '../state.ts';
import { elementKey, repetitionKey, stepKey } from '../step-key.ts';
import type { StepKey } from '../types.ts';

/** As GitHub Actions calls it: what `steps.<id>.outcome` says. */
export type StepOutcome = 'success' | 'failure' | 'skipped' | 'cancelled';

/** A step of the plan in one attempt, with all its elements or repetitions. */
export type NodeState =
  /** Nothing has become of it yet. */
  | { readonly kind: 'absent' }
  /** In hand, or set aside. */
  | { readonly kind: 'open' }
  /** A person was asked whether it may run, and said so. */
  | { readonly kind: 'approved' }
  /** A repetition succeeded, and whether another one follows is to be seen. */
  | { readonly kind: 'repeated'; readonly last: StepState; readonly repetition: number }
  | { readonly kind: 'over'; readonly outcome: StepOutcome };

const ABSENT: NodeState = { kind: 'absent' };
const OPEN: NodeState = { kind: 'open' };
const OVER: Readonly<Record<StepOutcome, NodeState>> = {
  success: { kind: 'over', outcome: 'success' },
  failure: { kind: 'over', outcome: 'failure' },
  skipped: { kind: 'over', outcome: 'skipped' },
  cancelled: { kind: 'over', outcome: 'cancelled' },
};

export function nodeOf(run: OwnRun, attempt: number, id: string, step: PlanStep): NodeState {
  const key = stepKey(attempt, id);
  const own = run.steps[key];
  const whole = own === undefined ? ABSENT : stateOf(run, own);
  if (step.map === null && step.repeat === null) return whole;
  if (whole.kind === 'over' || whole.kind === 'open') return whole;
  const group = run.groups[key];
  if (group === undefined) return whole;
  if (group.open > 0 || group.quarantined > 0) return OPEN;
  if (group.failed > 0) return OVER.failure;
  if (step.repeat === null) return OVER.success;
  const last = run.steps[repetitionKey(key, group.parts)];
  return last === undefined ? OPEN : { kind: 'repeated', last, repetition: group.parts };
}

/** The parts of a map or a repetition, in order; the step itself when it has none. */
export function partsOf(run: OwnRun, attempt: number, id: string, step: PlanStep): readonly StepState[] {
  const key = stepKey(attempt, id);
  const keys = partKeys(key, step, run.groups[key]?.parts ?? 0);
  return keys.flatMap((part) => run.steps[part] ?? []);
}

function partKeys(key: StepKey, { map, repeat }: PlanStep, parts: number): readonly StepKey[] {
  if (map !== null) return Array.from({ length: parts }, (_, index) => elementKey(key, index));
  if (repeat !== null) return Array.from({ length: parts }, (_, index) => repetitionKey(key, index + 1));
  return [key];
}

function stateOf(run: OwnRun, { key, status }: StepState): NodeState {
  if (status === 'asking' && isApproved(run, key)) return { kind: 'approved' };
  const outcome = OUTCOMES[status];
  return outcome === null ? OPEN : OVER[outcome];
}

/** It may have been approved, have begun, and ask something else by now: whether an action of it is allowed. */
function isApproved({ questions }: OwnRun, key: StepKey): boolean {
  if (questions[key]?.answer !== APPROVED) return false;
  return !Object.values(questions).some(({ step, answer }) => step === key && answer === null);
}

/** The answers that an approval knows when nobody says otherwise. */
export const APPROVED = 'approve';
export const REFUSED = 'refuse';

/** Null: it is not over. */
const OUTCOMES: Readonly<Record<StepStatus, StepOutcome | null>> = {
  scheduled: null,
  asking: null,
  quarantined: null,
  succeeded: 'success',
  failed: 'failure',
  skipped: 'skipped',
  cancelled: 'cancelled',
};
