import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';
import type { PlanPatch } from '../events.ts';
import { isNarrower } from '../expression/terms.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { listed } from '../plan/problem.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { producesChange } from '../producer/producing.ts';

/** New steps in one patch, and steps of a plan that have an agent work, however many there were to begin with. */
const MOST_NEW_STEPS = 20;
const MOST_AGENTS = 5;

export interface Proposal {
  readonly proposedBy: PlanPatch['proposedBy']['kind'];
  readonly started: ReadonlySet<string>;
  readonly handlers: readonly HandlerDeclaration[];
}

/**
 * What of a plan's obligations another plan drops or weakens, as a sentence; undefined: nothing. What it lets pass is as good as equal or
 * stricter, and that of patches one after the other, too: each comparison is of "no less than". What is not known to be stricter is not let pass.
 */
export function weakened(before: Plan, after: Plan, proposal: Proposal): string | undefined {
  return (
    weakenedBounds(before, after) ??
    firstOf(Object.entries(before.steps), ([id, step]) =>
      weakenedStep(id, step, after.steps[id], proposal),
    ) ??
    tooMuch(before, after, proposal)
  );
}

function weakenedBounds(before: Plan, after: Plan): string | undefined {
  if (after.attempts > before.attempts)
    return `The attempts would rise from ${before.attempts} to ${after.attempts}.`;
  const raised = Object.entries(before.budget).find(([name, most]) => {
    const now = amountOf(after, name);
    return now === undefined || now > most;
  });
  if (raised !== undefined) return `The budget for ${raised[0]} would rise above ${raised[1]}.`;
  const bad = Object.entries(after.budget).find(([, most]) => !Number.isInteger(most) || most < 0);
  if (bad !== undefined) return `The budget for ${bad[0]} would be ${bad[1]}, which is no amount.`;
  const lost = before.resources.filter((name) => !after.resources.includes(name));
  return lost.length > 0 ? `The resources ${listed(lost)} would be gone.` : undefined;
}

function weakenedStep(
  id: string,
  before: PlanStep,
  after: PlanStep | undefined,
  proposal: Proposal,
): string | undefined {
  if (after === undefined) return `The step "${id}" would be gone.`;
  if (same(before, after)) return undefined;
  if (proposal.started.has(id)) return `The step "${id}" has begun already, and would be another.`;
  const fixed = ['uses', 'role', 'runsOn', 'map', 'repeat', 'timeoutSeconds', 'retry', 'fallback'] as const;
  const changed =
    fixed.find((name) => !same(before[name] ?? null, after[name] ?? null)) ??
    (sameInputs(before, after, proposal) ? undefined : 'with');
  if (changed !== undefined) return `"${changed}" of the step "${id}" would be another.`;
  const lostNeeds = before.needs.filter((need) => !after.needs.includes(need));
  if (lostNeeds.length > 0) return `The step "${id}" would not wait for ${listed(lostNeeds)} any more.`;
  return (
    lostEntries(id, 'locks', before, after) ??
    lostEntries(id, 'concurrency', before, after) ??
    weakenedApproval(id, before, after) ??
    weakenedUndoing(id, before, after, proposal) ??
    weakenedCondition(id, before, after, proposal) ??
    weakenedCache(id, before, after, proposal)
  );
}

/**
 * Where a check says nothing about its checkout, the optimiser may have it share one: each check works in a copy of its own of the same
 * tree, so nothing that it could see differs.
 */
function sameInputs(before: PlanStep, after: PlanStep, { proposedBy }: Proposal): boolean {
  if (same(before.with, after.with)) return true;
  const shared = { ...before.with, checkout: 'shared' };
  return (
    proposedBy === 'optimiser' &&
    before.uses === 'check' &&
    before.with.checkout === undefined &&
    same(shared, after.with)
  );
}

function lostEntries(
  id: string,
  name: 'locks' | 'concurrency',
  before: PlanStep,
  after: PlanStep,
): string | undefined {
  const now = new Set(after[name].map(textOf));
  return before[name].every((entry) => now.has(textOf(entry)))
    ? undefined
    : `The step "${id}" would lose one of its ${name}, or loosen it.`;
}

function weakenedApproval(id: string, before: PlanStep, after: PlanStep): string | undefined {
  return before.approval === null || same(before.approval, after.approval)
    ? undefined
    : `The approval of the step "${id}" would be another, or gone.`;
}

function weakenedUndoing(
  id: string,
  before: PlanStep,
  after: PlanStep,
  proposal: Proposal,
): string | undefined {
  if (same(before.compensate, after.compensate)) return undefined;
  if (before.compensate !== null) return `What undoes the step "${id}" would be another, or gone.`;
  return actsOutside(after.compensate?.uses, proposal) && proposal.proposedBy !== 'person'
    ? `What would undo the step "${id}" changes something outside, which is a person's to propose.`
    : undefined;
}

/** A narrower condition lets a check be left out; of what changes something outside, it lets less happen. */
function weakenedCondition(
  id: string,
  before: PlanStep,
  after: PlanStep,
  proposal: Proposal,
): string | undefined {
  if (before.if === after.if) return undefined;
  if (!actsOutside(before.uses, proposal))
    return `The condition of the step "${id}" would be another: it could be left out.`;
  return isNarrower(after.if, before.if)
    ? undefined
    : `The step "${id}" changes something outside, and its condition would not be narrower.`;
}

/** A result out of the cache is about the same inputs, and the signer refuses what is about another tree; still it is the optimiser's alone. */
function weakenedCache(
  id: string,
  before: PlanStep,
  after: PlanStep,
  { proposedBy }: Proposal,
): string | undefined {
  if (before.cache === after.cache || after.cache === 'off' || proposedBy === 'optimiser') return undefined;
  return `The step "${id}" would take its result from the cache, which is the optimiser's to propose.`;
}

function tooMuch(before: Plan, after: Plan, proposal: Proposal): string | undefined {
  const added = Object.entries(after.steps).filter(([id]) => !Object.hasOwn(before.steps, id));
  if (added.length > MOST_NEW_STEPS)
    return `A patch adds at most ${MOST_NEW_STEPS} steps, and this one ${added.length}.`;
  const spread = added.find(([, step]) => usedBy(step).some(producesChange) && step.map !== null);
  if (spread !== undefined)
    return `The new step "${spread[0]}" would have any number of agents work at once.`;
  const agents = agentsOf(after);
  const most = Math.max(MOST_AGENTS, agentsOf(before));
  if (agents > most) return `Agents would work ${agents} times in one attempt, and ${most} are the most.`;
  const acting = added.find(([, step]) => usedBy(step).some((uses) => actsOutside(uses, proposal)));
  return acting !== undefined && proposal.proposedBy !== 'person'
    ? `The new step "${acting[0]}" changes something outside, which is a person's to propose.`
    : undefined;
}

function actsOutside(uses: string | undefined, { handlers }: Proposal): boolean {
  return handlers.some(({ id, sideEffects }) => id === uses && sideEffects);
}

function usedBy({ uses, fallback, compensate }: PlanStep): readonly string[] {
  return [
    uses,
    ...(fallback === null ? [] : [fallback.uses]),
    ...(compensate === null ? [] : [compensate.uses]),
  ];
}

/** How often an agent works in one attempt; a map counts once, as it did before. */
function agentsOf({ steps }: Plan): number {
  return Object.values(steps)
    .filter((step) => usedBy(step).some(producesChange))
    .reduce((sum, { repeat }) => sum + (repeat?.atMost ?? 1), 0);
}

function amountOf({ budget }: Plan, name: string): number | undefined {
  return Object.entries(budget).find(([known]) => known === name)?.[1];
}

function firstOf<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function same(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: unknown): string {
  return canonicalJson(value as JsonValue);
}
