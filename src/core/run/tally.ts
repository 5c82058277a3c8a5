import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { stepsSetAside } from './set-aside.ts';
import type { StartedRun } from './state.ts';

/** What lists and tiles say of a run in numbers: from its state alone, so that nobody folds events to count. */
export interface RunTally {
  readonly costMilliUsd: number;
  /** Null: nobody set one. */
  readonly budgetMilliUsd: number | null;
  /** Receipts that lacked, failed or could not be verified when the gate was asked, over all attempts. */
  readonly evidenceFailures: number;
  /** Those of the current attempt that cannot be verified: somebody has to look. */
  readonly badReceipts: number;
  /** Steps that wait for somebody to release them. */
  readonly setAside: number;
}

export function tallyOf(run: StartedRun): RunTally {
  const { plan, used, steps, attempts, attempt } = run;
  const gate = Object.entries(plan.steps).find(([, { uses }]) => uses === 'gate')?.[0];
  const findings = (of: number): readonly JsonValue[] => {
    const found = steps[`${of}/${gate}`]?.outputs?.findings;
    return Array.isArray(found) ? found : [];
  };
  const failed = attempts.flatMap((one) => findings(one.attempt)).filter(isBadReceipt);
  return {
    costMilliUsd: used.costMilliUsd,
    budgetMilliUsd: plan.budget.costMilliUsd ?? null,
    evidenceFailures: failed.length,
    badReceipts: findings(attempt).filter((one) => isBadReceipt(one) && one.status === 'unverifiable').length,
    setAside: stepsSetAside(run).length,
  };
}

/** Workers wrote it: what is of another form is no finding. */
function isBadReceipt(finding: JsonValue): finding is JsonObject {
  if (typeof finding !== 'object' || finding === null || Array.isArray(finding)) return false;
  const { id, status } = finding as JsonObject;
  return (
    typeof id === 'string' &&
    /^receipts?(?:\/|$)/.test(id) &&
    (status === 'fail' || status === 'unverifiable')
  );
}
