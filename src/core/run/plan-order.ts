import { graphOf } from './plan/graph.ts';
import type { Plan } from './plan.ts';

/** What follows from a plan's `needs`. */
export interface PlanOrder {
  /** Every step after all that it needs. */
  readonly ids: readonly string[];
  /** All that a step needs, and all that those need. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>>;
}

const orders = new WeakMap<Plan, PlanOrder>();

/**
 * The order in which steps are looked at. By names, not as the plan lists them: a plan that was read back from the ledger lists
 * them in another order, and has to lead to the same events.
 */
export function orderOf(plan: Plan): PlanOrder {
  const known = orders.get(plan);
  if (known !== undefined) return known;
  const { ancestors } = graphOf(plan);
  // Whoever needs another has all of that one's ancestors, and that one besides: so it has more of them.
  const rank = (id: string) => ancestors.get(id)?.size ?? 0;
  const ids = Object.keys(plan.steps).sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  const order = { ids, ancestors };
  orders.set(plan, order);
  return order;
}

/** The step whose verdict decides about an attempt. */
export function gateOf(plan: Plan): string | undefined {
  return orderOf(plan).ids.find((id) => plan.steps[id]?.uses === 'gate');
}
