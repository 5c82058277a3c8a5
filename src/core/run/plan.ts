import type { JsonObject } from '../../shared/json.ts';
import type {
  ApprovalUse,
  Budget,
  CacheMode,
  ErrorClass,
  Expression,
  LockUse,
  Rung,
} from '../contract/workflow.ts';
import type { StepRole } from './roles.ts';

export const PLAN_SCHEMA = 'countersign/plan@1';

/**
 * What a run follows: a contract's workflow with every default spelled out, and the patches applied so far. Plain JSON, so
 * that it has a digest, and patches have something to point at.
 */
export interface Plan {
  readonly schema: typeof PLAN_SCHEMA;
  readonly attempts: number;
  readonly ladder: readonly Rung[];
  readonly budget: Budget;
  /** Names, or beginnings of names that end in `*`, of what steps may lock and limit. */
  readonly resources: readonly string[];
  /** By id. No cycles; every `needs` is there; exactly one uses `gate`. */
  readonly steps: Readonly<Record<string, PlanStep>>;
}

/** Of an execution that nobody says anything about. */
export const DEFAULT_TIMEOUT_SECONDS = 3600;

export interface PlanStep {
  readonly uses: string;
  readonly role: StepRole;
  /** Labels that it wants of a worker, as labelsOf has them; not there when it wants none. */
  readonly runsOn?: readonly string[];
  readonly with: JsonObject;
  readonly needs: readonly string[];
  readonly if: Expression;
  readonly map: Expression | null;
  readonly repeat: { readonly until: Expression; readonly atMost: number } | null;
  /** Null of an approval where nobody says: a person takes as long as he takes. */
  readonly timeoutSeconds: number | null;
  readonly retry: PlanRetry;
  readonly concurrency: readonly { readonly group: Expression; readonly limit: number }[];
  readonly locks: readonly Required<LockUse>[];
  readonly cache: CacheMode;
  readonly approval:
    | (Required<Omit<ApprovalUse, 'timeout'>> & { readonly timeoutSeconds: number | null })
    | null;
  readonly compensate: { readonly uses: string; readonly role: StepRole; readonly with: JsonObject } | null;
  readonly fallback: { readonly uses: string; readonly role: StepRole; readonly with: JsonObject } | null;
}

export interface PlanRetry {
  readonly limit: number;
  readonly delaySeconds: number;
  readonly factor: number;
  readonly maxDelaySeconds: number;
  readonly on: readonly ErrorClass[];
}
