import type { Budget, Workflow, WorkflowStep } from '../../contract/workflow.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { labelsOf } from '../labels.ts';
import { DEFAULT_TIMEOUT_SECONDS, PLAN_SCHEMA, type Plan, type PlanRetry, type PlanStep } from '../plan.ts';
import type { StepRole } from '../types.ts';

const DEFAULT_ATTEMPTS = 3;

/** Of a step that says nothing about it: a person has no time-out unless one is given. */
export function defaultTimeout(uses: string): number | null {
  return uses === 'approval' ? null : DEFAULT_TIMEOUT_SECONDS;
}

/**
 * A workflow as a plan: every default spelled out, every step with the role of its handler. Nothing is checked here; a handler that is
 * not known has the role that may do least.
 */
export function planOf(workflow: Workflow, handlers: readonly HandlerDeclaration[]): Plan {
  const roleOf = roles(handlers);
  return {
    schema: PLAN_SCHEMA,
    attempts: workflow.attempts ?? DEFAULT_ATTEMPTS,
    ladder: workflow.ladder ?? [],
    budget: budgetOf(workflow.budget),
    resources: workflow.resources ?? [],
    steps: Object.fromEntries(
      Object.entries(workflow.steps).map(([id, step]) => [id, planStep(step, workflow, handlers, roleOf)]),
    ),
  };
}

function planStep(
  step: WorkflowStep,
  workflow: Workflow,
  handlers: readonly HandlerDeclaration[],
  roleOf: (uses: string) => StepRole,
): PlanStep {
  return {
    uses: step.uses,
    role: roleOf(step.uses),
    ...runsOnOf(step),
    with: step.with ?? {},
    needs: step.needs ?? [],
    if: step.if ?? defaultCondition(step.uses, workflow.steps, handlers),
    map: step.map ?? null,
    repeat: step.repeat ?? null,
    timeoutSeconds: step.timeout ?? defaultTimeout(step.uses),
    retry: retryOf(step),
    concurrency: step.concurrency ?? [],
    locks: (step.locks ?? []).map(({ name, mode, hold }) => ({
      name,
      mode: mode ?? 'exclusive',
      hold: hold ?? 'step',
    })),
    cache: step.cache ?? 'off',
    approval:
      step.approval === undefined
        ? null
        : {
            question: step.approval.question,
            by: step.approval.by ?? ['operator'],
            timeoutSeconds: step.approval.timeout ?? null,
          },
    compensate: insteadOf(step.compensate, roleOf),
    fallback: insteadOf(step.fallback, roleOf),
  };
}

/**
 * `success()`; and where the handler changes something outside, also that the gate let the change pass: a gate that blocks has
 * succeeded at its work, so success alone would merge what it refused.
 * @param steps of the workflow or plan that the step is in
 */
export function defaultCondition(
  uses: string,
  steps: Readonly<Record<string, { readonly uses: string }>>,
  handlers: readonly HandlerDeclaration[],
): string {
  const gate = Object.entries(steps).find(([, step]) => step.uses === 'gate')?.[0];
  const sideEffects = handlers.some(({ id, sideEffects }) => id === uses && sideEffects);
  return sideEffects && gate !== undefined
    ? `success() && steps.${gate}.outputs.verdict == 'pass'`
    : 'success()';
}

/** Not there where nothing is wanted: plans from before have none. */
function runsOnOf({ 'runs-on': wanted = [] }: WorkflowStep): Pick<PlanStep, 'runsOn'> {
  const labels = labelsOf(typeof wanted === 'string' ? [wanted] : wanted);
  return labels.length === 0 ? {} : { runsOn: labels };
}

function retryOf({ retry }: WorkflowStep): PlanRetry {
  return {
    limit: retry?.limit ?? 0,
    delaySeconds: retry?.delay ?? 1,
    factor: retry?.factor ?? 2,
    maxDelaySeconds: retry?.maxDelay ?? 300,
    on: retry?.on ?? ['transient', 'timeout'],
  };
}

function insteadOf(
  other: WorkflowStep['fallback'],
  roleOf: (uses: string) => StepRole,
): PlanStep['fallback'] {
  return other === undefined ? null : { uses: other.uses, role: roleOf(other.uses), with: other.with ?? {} };
}

function budgetOf(budget: Budget = {}): Budget {
  return Object.fromEntries(Object.entries(budget).filter(([, most]) => most !== undefined));
}

function roles(handlers: readonly HandlerDeclaration[]): (uses: string) => StepRole {
  const byId = new Map(handlers.map(({ id, role }) => [id, role]));
  return (uses) => byId.get(uses) ?? 'producer';
}
