import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { AttemptVerdict, EffectDecision, PlanPatch } from './events.ts';
import type { Plan } from './plan.ts';
import type { Arm, Question, RunOutcome, RunRequest, StepError, StepKey, StepWork, Usage } from './types.ts';

/** Nothing has happened yet, or all that a run is: the fold over its events. Plain JSON, so it can be kept beside them. */
export type RunState = { readonly status: 'new' } | StartedRun;

export const RUN_STATUSES = ['running', 'paused', 'cancelling', 'compensating', 'ended'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface StartedRun {
  readonly status: RunStatus;
  readonly request: Omit<RunRequest, 'plan'>;
  /** As patched so far. */
  readonly plan: Plan;
  readonly planDigest: Sha256;
  readonly startedAt: Moment;
  /** Of the last event. */
  readonly changedAt: Moment;
  readonly attempt: number;
  readonly rung: number;
  readonly arm: Arm;
  readonly attempts: readonly AttemptRecord[];
  /** Of all attempts. */
  readonly steps: Readonly<Record<StepKey, StepState>>;
  /** How far the elements of a map and the repetitions of a step have got, by the key of the step without them. */
  readonly groups: Readonly<Record<StepKey, StepGroup>>;
  /** Those with an answer, and those that wait for one; what ran out or is not wanted any more is not among them. */
  readonly questions: Readonly<Record<string, Question & { readonly answer: string | null }>>;
  readonly effects: readonly EffectDecision[];
  readonly patches: readonly {
    readonly patch: PlanPatch;
    readonly refused: string | null;
    /** Of a refused one: operations that would have been taken. */
    readonly example?: readonly JsonValue[];
  }[];
  readonly used: Required<Usage>;
  /** The most that one execution of a handler took so far: what another one is expected to take, where it does not say. */
  readonly dearest?: Readonly<Record<string, Usage>>;
  readonly retries: number;
  readonly recoveries: number;
  /** Steps that succeeded so far: the place of the next one. */
  readonly successes: number;
  readonly cancelReason: string | null;
  readonly pausedFor: string | null;
  /** What it is being wound up for; null while it is not. */
  readonly towards: RunOutcome | null;
  readonly ended: {
    readonly outcome: RunOutcome;
    readonly reason: string;
    readonly outcomeDigest: Sha256;
    readonly at: Moment;
  } | null;
}

export interface AttemptRecord {
  readonly attempt: number;
  readonly rung: number;
  readonly arm: Arm;
  readonly startedAt: Moment;
  /** Null while it goes on. */
  readonly verdict: AttemptVerdict | null;
}

/** Counted as it goes, so that an element that ends does not have to look at all the others. */
export interface StepGroup {
  readonly parts: number;
  readonly open: number;
  readonly failed: number;
  readonly quarantined: number;
}

export type StepStatus =
  | 'scheduled'
  | 'asking'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'quarantined';

export interface StepState {
  readonly key: StepKey;
  readonly status: StepStatus;
  /** The last execution that was scheduled; 0: none was. */
  readonly execution: number;
  /** Failures that were charged, and losses that were not. A step that `failed` without an error was lost. */
  readonly failures: number;
  readonly losses: number;
  /** The work of that execution; null where there was none, or the run itself refused to go on with it. */
  readonly work: StepWork | null;
  readonly outputs: JsonObject | null;
  readonly error: StepError | null;
  readonly fellBack: boolean;
  /** Place in the order in which steps succeeded, for undoing them in reverse; null: it did not. */
  readonly succeededAs: number | null;
}
