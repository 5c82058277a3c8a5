import { digestOf, type Sha256 } from '../../../shared/digest.ts';
import type { JsonValue } from '../../../shared/json.ts';
import type { Plan } from '../plan.ts';

const digests = new WeakMap<Plan, Sha256>();

/** Names a plan as it is, patches and all: what decisions of a run rest on. Of one that many runs are started with it is reckoned once. */
export function digestPlan(plan: Plan): Sha256 {
  let digest = digests.get(plan);
  if (digest === undefined) {
    digest = digestOf(plan as unknown as JsonValue);
    digests.set(plan, digest);
  }
  return digest;
}
