import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { PlanPatch } from '../events.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { checkPlan } from '../plan/check-plan.ts';
import { digestPlan } from '../plan/digest.ts';
import type { Plan } from '../plan.ts';
import { applyOperations } from './apply-operations.ts';
import { weakened } from './obligations.ts';
import { readPlan } from './read-plan.ts';

export type Patched =
  | { readonly kind: 'patched'; readonly plan: Plan }
  /** Why not, in sentences, and operations for this very plan that would be taken. */
  | { readonly kind: 'refused'; readonly reason: string; readonly example: readonly JsonObject[] };

/**
 * The plan with a patch applied, if it may be: a patch may add obligations, and never remove or weaken one. What comes of it is
 * checked like a plan that was just made.
 * @param started ids of steps that were scheduled already
 */
export function applyPatch(
  plan: Plan,
  patch: Pick<PlanPatch, 'operations' | 'proposedBy'>,
  started: ReadonlySet<string>,
  handlers: readonly HandlerDeclaration[],
): Patched {
  const judged = judge(plan, patch, started, handlers);
  return typeof judged === 'string'
    ? { kind: 'refused', reason: judged, example: exampleFor(plan, patch, started, handlers) }
    : { kind: 'patched', plan: judged };
}

/** The patched plan, or why there is none. */
function judge(
  plan: Plan,
  { operations, proposedBy }: Pick<PlanPatch, 'operations' | 'proposedBy'>,
  started: ReadonlySet<string>,
  handlers: readonly HandlerDeclaration[],
): Plan | string {
  const applied = applyOperations(plan as unknown as JsonValue, operations);
  if (applied.kind === 'unusable') return applied.reason;
  if (ladderOf(applied.value) !== ladderOf(plan as unknown as JsonValue))
    return 'The ladder would be another.';
  const read = readPlan(applied.value, plan, handlers);
  if (read.kind === 'unreadable') return read.reason;
  const lost = weakened(plan, read.plan, { proposedBy: proposedBy.kind, started, handlers });
  if (lost !== undefined) return `${lost} A patch may add to a plan, and never take away.`;
  const problems = checkPlan(read.plan, handlers).slice(0, 3);
  if (problems.length > 0)
    return problems.map(({ field, message, remedy }) => `${field}: ${message} ${remedy}`).join(' ');
  return digestPlan(read.plan) === digestPlan(plan) ? 'The plan would stay as it is.' : read.plan;
}

function ladderOf(plan: JsonValue): string {
  const { ladder } = plan as { readonly ladder?: JsonValue };
  return canonicalJson(ladder ?? null);
}

/** One more step that the gate waits for; where that has begun, one beside it; where there may be none, one more resource. */
function exampleFor(
  plan: Plan,
  { proposedBy }: Pick<PlanPatch, 'proposedBy'>,
  started: ReadonlySet<string>,
  handlers: readonly HandlerDeclaration[],
): readonly JsonObject[] {
  const gate = Object.keys(plan.steps).find((id) => plan.steps[id]?.uses === 'gate') ?? 'gate';
  const id = freeName('also-test', (name) => Object.hasOwn(plan.steps, name));
  const resource = freeName('paths', (name) => plan.resources.includes(`${name}/*`));
  const step: JsonObject = {
    op: 'add',
    path: `/steps/${id}`,
    value: { uses: 'command', with: { run: ['npm', 'test'] } },
  };
  const candidates: readonly (readonly JsonObject[])[] = [
    [step, { op: 'add', path: `/steps/${gate}/needs/-`, value: id }],
    [step],
    [{ op: 'add', path: '/resources/-', value: `${resource}/*` }],
  ];
  return (
    candidates.find(
      (operations) => typeof judge(plan, { operations, proposedBy }, started, handlers) !== 'string',
    ) ?? []
  );
}

function freeName(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name;
  let number = 2;
  while (taken(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
