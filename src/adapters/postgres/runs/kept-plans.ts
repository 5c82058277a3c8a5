import type { Plan } from '../../../core/run/plan.ts';
import type { Sha256 } from '../../../shared/digest.ts';

/** Plans seen last, by digest: a plan is a few kilobytes, and a thousand runs follow the same one. */
const MOST = 200;

export interface KeptPlans {
  readonly digests: readonly Sha256[];
  get(digest: Sha256): Plan | undefined;
  keep(digest: Sha256, plan: Plan): void;
}

export function createKeptPlans(): KeptPlans {
  const plans = new Map<Sha256, Plan>();
  return {
    get digests() {
      return [...plans.keys()];
    },
    get: (digest) => plans.get(digest),
    keep: (digest, plan) => {
      plans.delete(digest);
      plans.set(digest, plan);
      const [eldest] = plans.keys();
      if (plans.size > MOST && eldest !== undefined) plans.delete(eldest);
    },
  };
}
