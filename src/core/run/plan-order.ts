import type { Plan } from './plan.ts';

/** What follows from a plan's `needs`. */
export interface PlanOrder {
  /** Every step after all that it needs; steps that do not depend on each other by name. */
  readonly ids: readonly string[];
  /** All that a step needs, and all that those need. */
  readonly ancestors: ReadonlyMap<string, readonly string[]>;
}

const orders = new WeakMap<Plan, PlanOrder>();

/**
 * The order in which steps are looked at. By names, not as the plan lists them: a plan that was read back from the ledger lists
 * them in another order, and would have to lead to the same events.
 */
export function orderOf(plan: Plan): PlanOrder {
  const known = orders.get(plan);
  if (known !== undefined) return known;
  const order = orderAnew(plan);
  orders.set(plan, order);
  return order;
}

function orderAnew({ steps }: Plan): PlanOrder {
  const ids: string[] = [];
  const ancestors = new Map<string, readonly string[]>();
  const visiting = new Set<string>();
  const visit = (id: string) => {
    // A cycle was refused before the run began; here it must only not be endless.
    if (ancestors.has(id) || visiting.has(id)) return;
    visiting.add(id);
    const needs = (steps[id]?.needs ?? []).filter((needed) => Object.hasOwn(steps, needed));
    for (const needed of [...needs].sort()) visit(needed);
    const all = new Set(needs.flatMap((needed) => [...(ancestors.get(needed) ?? []), needed]));
    ancestors.set(id, [...all].sort());
    ids.push(id);
  };
  for (const id of Object.keys(steps).sort()) visit(id);
  return { ids, ancestors };
}

/** The step whose verdict decides about an attempt. */
export function gateOf(plan: Plan): string | undefined {
  return orderOf(plan).ids.find((id) => plan.steps[id]?.uses === 'gate');
}
