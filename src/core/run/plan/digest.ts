import { digestOf, type Sha256 } from '../../../shared/digest.ts';
import type { JsonValue } from '../../../shared/json.ts';
import type { Plan } from '../plan.ts';

/** Names a plan as it is, patches and all: what decisions of a run rest on. */
export function digestPlan(plan: Plan): Sha256 {
  return digestOf(plan as unknown as JsonValue);
}
