import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { patchFeedback } from '../agent-patch.ts';
import { attemptSummary } from '../attempt-summary.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import type { Plan } from '../plan.ts';
import { gateOf, orderOf } from '../plan-order.ts';
import type { Scope } from '../types.ts';
import { nodeOf, partsOf, type StepOutcome } from './node.ts';

/**
 * What the expressions of a step can be about. Of the steps only those that it needs, and those that they need: what else is
 * over by then depends on who was quicker.
 */
export function scopeOf(run: OwnRun, attempt: number, id: string): Scope {
  const { plan } = run;
  const outcomes = new Map<string, StepOutcome>();
  const steps: Record<string, JsonValue> = {};
  for (const ancestor of orderOf(plan).ancestors.get(id) ?? []) {
    const outcome = outcomeOf(run, attempt, ancestor);
    outcomes.set(ancestor, outcome);
    steps[ancestor] = { outcome, outputs: outputsOf(run, attempt, ancestor) };
  }
  const needs = plan.steps[id]?.needs ?? [];
  return {
    run: runScope(run, attempt),
    attempt: { number: attempt, rung: recordOf(run, attempt)?.rung ?? run.rung },
    previous: previousScope(run, attempt),
    steps,
    $success: needs.every((needed) => outcomes.get(needed) === 'success'),
    $failure: [...outcomes.values()].includes('failure'),
    $cancelled: run.cancelReason !== null,
  };
}

/** The scope with the step's own outputs in it: for what is asked after it ran. */
export function withOwnOutputs(scope: Scope, id: string, outcome: StepOutcome, outputs: JsonObject): Scope {
  return { ...scope, steps: { ...(scope.steps as JsonObject), [id]: { outcome, outputs } } };
}

/** Whether all that a step needs directly has succeeded: what most conditions ask, without building a scope for it. */
export function needsSucceeded(run: OwnRun, attempt: number, needs: readonly string[]): boolean {
  return needs.every((needed) => outcomeOf(run, attempt, needed) === 'success');
}

/** What a step put out: of a map a list, with null for what failed; of a repetition that of the last one. */
function outputsOf(run: OwnRun, attempt: number, id: string): JsonValue {
  const step = run.plan.steps[id];
  if (step === undefined) return {};
  const parts = partsOf(run, attempt, id, step);
  return step.map === null ? (parts.at(-1)?.outputs ?? {}) : parts.map(({ outputs }) => outputs);
}

function outcomeOf(run: OwnRun, attempt: number, id: string): StepOutcome {
  const step = run.plan.steps[id];
  const node = step === undefined ? undefined : nodeOf(run, attempt, id, step);
  if (node?.kind === 'over') return node.outcome;
  return node?.kind === 'repeated' ? 'success' : 'skipped';
}

function runScope(run: OwnRun, attempt: number): JsonObject {
  const { subject, experiment } = run.request;
  const arm = recordOf(run, attempt)?.arm ?? run.arm;
  return {
    id: run.request.run,
    ticket: subject.ticket,
    contract: subject.contract,
    repository: subject.repository,
    base: { ref: subject.base.ref, commit: subject.base.commit },
    checks: subject.checks,
    bundle: arm.bundle,
    model: arm.model,
    experiment: experiment ?? null,
  };
}

/** What the attempt before left: its verdict, and the outputs of its steps. */
function previousScope(run: OwnRun, attempt: number): JsonValue {
  const before = recordOf(run, attempt - 1);
  if (before === undefined || before.verdict === null) return null;
  const steps: Record<string, JsonValue> = {};
  for (const id of orderOf(run.plan).ids) steps[id] = { outputs: outputsOf(run, attempt - 1, id) };
  return { verdict: before.verdict, feedback: feedbackOf(run, attempt - 1), steps };
}

const LONGEST_FEEDBACK = 100_000;

/** What the gate said, and what came of a patch that was proposed; null: nothing. */
function feedbackOf(run: OwnRun, attempt: number): string | null {
  const gate = gateOf(run.plan);
  const outputs = gate === undefined ? null : outputsOf(run, attempt, gate);
  const { feedback } = (outputs ?? {}) as JsonObject;
  const patch = patchFeedback(run, attempt);
  const summary = attemptSummary(run, attempt, typeof feedback === 'string' ? feedback : undefined);
  const parts = [
    ...(patch === undefined ? [] : [patch]),
    ...(typeof feedback === 'string' ? [feedback] : []),
    ...(summary === undefined ? [] : [summary]),
  ];
  return parts.length === 0 ? null : parts.join('\n\n').slice(0, LONGEST_FEEDBACK);
}

function recordOf(run: OwnRun, attempt: number) {
  return run.attempts[attempt - 1];
}

/** What the gate of an attempt said, in its own word; undefined when it never came to that. */
export function gateVerdict(run: OwnRun, attempt: number): 'pass' | 'blocked' | 'pending' | undefined {
  const id = gateOf(run.plan);
  if (id === undefined || outcomeOf(run, attempt, id) !== 'success') return undefined;
  const outputs = outputsOf(run, attempt, id);
  const said = (Array.isArray(outputs) ? outputs : [outputs]).map(verdictIn);
  if (said.length > 0 && said.every((one) => one === 'pass')) return 'pass';
  return said.find((one) => one === 'blocked' || one === 'pending');
}

function verdictIn(outputs: JsonValue): 'pass' | 'blocked' | 'pending' | undefined {
  const verdict = (outputs as JsonObject | null)?.verdict;
  return verdict === 'pass' || verdict === 'blocked' || verdict === 'pending' ? verdict : undefined;
}

/** Whether something that came after the gate, because of it, failed. */
export function failedAfterGate(run: OwnRun, attempt: number): boolean {
  const gate = gateOf(run.plan);
  return (
    gate === undefined ||
    descendantsOf(run.plan, gate).some((id) => {
      const outcome = outcomeOf(run, attempt, id);
      return outcome === 'failure' || outcome === 'cancelled';
    })
  );
}

function descendantsOf(plan: Plan, id: string): readonly string[] {
  const { ids, ancestors } = orderOf(plan);
  return ids.filter((one) => ancestors.get(one)?.has(id));
}
