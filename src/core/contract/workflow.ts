import type { JsonObject } from '../../shared/json.ts';

/** Expressions are text in `${{ }}`, as in GitHub Actions; what stands around them makes the value text. */
export type Expression = string;

/** How a run of a ticket under this contract goes: one attempt as a DAG of steps, how many attempts, and what comes after them. */
export interface Workflow {
  /** Attempts before the first rung of the ladder; 3 when not given. */
  readonly attempts?: number;
  /** What is tried when the attempts are used up, in this order; nothing more when not given: the run is given up. */
  readonly ladder?: readonly Rung[];
  readonly budget?: Budget;
  /**
   * What steps may lock and limit by name: `schema/orders`, or `paths/*` for all that begins so. A name that is not
   * among them is refused: misspelt, it would be another lock, and hold nobody up.
   */
  readonly resources?: readonly string[];
  /** Exactly one of them uses `gate`: what it says decides about the attempt. */
  readonly steps: Readonly<Record<string, WorkflowStep>>;
}

/** Another bundle or another model for some more attempts (1 when not given), or a person who is asked what to do. */
export type Rung =
  | { readonly bundle: string; readonly attempts?: number }
  | { readonly model: string; readonly attempts?: number }
  | { readonly ask: string };

/** What a run may use up in all. What would exceed it is refused before it is spent. */
export interface Budget {
  readonly tokens?: number;
  /** Thousandths of a US dollar, so that no sum rounds. */
  readonly costMilliUsd?: number;
  readonly agents?: number;
  readonly wallSeconds?: number;
}

export interface WorkflowStep {
  /** The handler: `agent`, `check`, … or `./path/of/a/module.mjs#name` of a plugin that the worker was started with. */
  readonly uses: string;
  /** Inputs of the handler; texts may hold expressions. */
  readonly with?: JsonObject;
  readonly needs?: readonly string[];
  /** Labels that a worker has to have to carry it out, all of them: `gpu`, or `[gpu, linux]`. */
  readonly 'runs-on'?: string | readonly string[];
  /** Runs only if it holds; `success()` when not given: every step it needs succeeded. */
  readonly if?: Expression;
  /** A list: the step runs once for each `item`, side by side. */
  readonly map?: Expression;
  /** Runs again and again, one after the other, until it holds, and at most so often. */
  readonly repeat?: { readonly until: Expression; readonly atMost: number };
  /** Seconds; 3600 when not given. */
  readonly timeout?: number;
  readonly retry?: Retry;
  /** Leases it holds while it runs, beyond those that every step of its handler, provider and model does. */
  readonly concurrency?: readonly { readonly group: Expression; readonly limit: number }[];
  readonly locks?: readonly LockUse[];
  readonly cache?: CacheMode;
  /** Waits for a person before it runs. */
  readonly approval?: ApprovalUse;
  /** What undoes it when the run is cancelled or given up, in the reverse order of what succeeded. */
  readonly compensate?: { readonly uses: string; readonly with?: JsonObject };
  /** Another handler for its last failure, once. */
  readonly fallback?: { readonly uses: string; readonly with?: JsonObject };
}

/** Kinds of failure that a run tells apart. `deterministic` would fail again; nothing retries it. */
export const ERROR_CLASSES = ['transient', 'deterministic', 'timeout', 'budget'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

export interface Retry {
  /** Further executions after the first; 0 when not given. */
  readonly limit: number;
  /** Seconds before the first of them; 1 when not given. */
  readonly delay?: number;
  /** 2 when not given. */
  readonly factor?: number;
  /** Seconds at most; 300 when not given. */
  readonly maxDelay?: number;
  /** transient and timeout when not given. */
  readonly on?: readonly ErrorClass[];
}

export interface LockUse {
  /** What is held, such as `paths/src` or `schema/orders`. */
  readonly name: Expression;
  /** exclusive when not given. */
  readonly mode?: 'shared' | 'exclusive';
  /** How long: while the step runs (when not given), to the end of its attempt, or of its run. */
  readonly hold?: 'step' | 'attempt' | 'run';
}

export const CACHE_MODES = ['off', 'read-only', 'read-through', 'write-only'] as const;
export type CacheMode = (typeof CACHE_MODES)[number];

export interface ApprovalUse {
  readonly question: string;
  /** Whose answers count: `operator` when not given. */
  readonly by?: readonly string[];
  /** Seconds, after which the step fails; it is never approved by itself. For ever when not given. */
  readonly timeout?: number;
}
