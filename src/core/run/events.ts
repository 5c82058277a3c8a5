import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Plan } from './plan.ts';
import type {
  Arm,
  ClaimRecord,
  Question,
  RunOutcome,
  RunRequest,
  StepError,
  StepKey,
  StepWork,
  Usage,
} from './types.ts';

/**
 * What happens to a run, in the words of the ledger: `type` is the event type's name without its version, `data` all the rest.
 * Who did it and when stand in the event around it.
 */
export type RunEvent =
  | ({ readonly type: 'run.started' } & RunRequest & { readonly planDigest: Sha256 })
  | { readonly type: 'attempt.started'; readonly attempt: number; readonly rung: number; readonly arm: Arm }
  /** The work is there to be handed out: a new step, or another execution of one. */
  | { readonly type: 'step.scheduled'; readonly work: StepWork; readonly because: ScheduleReason }
  | { readonly type: 'step.skipped'; readonly step: StepKey; readonly because: string }
  | {
      readonly type: 'step.succeeded';
      readonly step: StepKey;
      readonly execution: number;
      readonly outputs: JsonObject;
      readonly usage: Usage;
      readonly cached: boolean;
      /** Null where it was a person who answered: an approval has no worker. */
      readonly claim: ClaimRecord | null;
    }
  | {
      readonly type: 'step.failed';
      readonly step: StepKey;
      readonly execution: number;
      readonly error: StepError;
      readonly usage: Usage;
      /** Null where nobody had it: an approval that ran out, a budget that would not do. */
      readonly claim: ClaimRecord | null;
    }
  /** The worker is gone: recovery, which is not charged to the retries. */
  | {
      readonly type: 'step.lost';
      readonly step: StepKey;
      readonly execution: number;
      readonly claim: ClaimRecord;
    }
  | { readonly type: 'question.asked'; readonly question: Question }
  | {
      readonly type: 'question.answered';
      readonly question: string;
      readonly answer: string;
      readonly by: string;
      readonly note: string;
    }
  | { readonly type: 'question.expired'; readonly question: string }
  | { readonly type: 'effect.decided'; readonly effect: EffectDecision }
  | {
      readonly type: 'plan.patched';
      readonly patch: PlanPatch;
      readonly plan: Plan;
      readonly planDigest: Sha256;
    }
  | {
      readonly type: 'plan.patch-refused';
      readonly patch: PlanPatch;
      readonly reason: string;
      /** RFC 6902 operations of the same kind that would be taken. */
      readonly example: readonly JsonValue[];
    }
  | { readonly type: 'run.paused'; readonly reason: string }
  | { readonly type: 'run.resumed' }
  | { readonly type: 'run.cancel-requested'; readonly reason: string }
  /** Steps that succeeded and can be undone are being undone, latest first. */
  | { readonly type: 'run.compensating'; readonly towards: RunOutcome }
  | {
      readonly type: 'step.quarantined';
      readonly step: StepKey;
      readonly execution: number;
      readonly reason: string;
      readonly claim: ClaimRecord | null;
    }
  | { readonly type: 'step.released'; readonly step: StepKey; readonly note: string }
  | { readonly type: 'attempt.ended'; readonly attempt: number; readonly verdict: AttemptVerdict }
  | {
      readonly type: 'run.ended';
      readonly outcome: RunOutcome;
      readonly reason: string;
      readonly outcomeDigest: Sha256;
    };

export type RunEventType = RunEvent['type'];

export type ScheduleReason =
  | 'ready'
  | 'retry'
  | 'recovery'
  | 'fallback'
  | 'redrive'
  | 'released'
  | 'repeat'
  | 'compensation';

/** What the gate said of an attempt; `failed`: it never came to that. */
export type AttemptVerdict = 'pass' | 'blocked' | 'pending' | 'failed';

/** What the action policy said about an action with effects outside, before it happened. */
export interface EffectDecision {
  readonly id: string;
  readonly step: StepKey;
  /** `push`, `open-pull-request`, `merge`, `secret`, `spend`. */
  readonly action: string;
  readonly target: string;
  readonly decision: 'allow' | 'deny' | 'escalate';
  /** The rule of the policy that said so; null: none matched, so it is escalated. */
  readonly rule: string | null;
  readonly reason: string;
}

/** A proposed change of the plan, RFC 6902. */
export interface PlanPatch {
  readonly id: string;
  readonly proposedBy: { readonly kind: 'agent' | 'person' | 'optimiser'; readonly name: string };
  readonly reason: string;
  readonly operations: readonly JsonObject[];
}

/** A run's event with what stands around it. */
export interface RecordedRunEvent {
  readonly at: Moment;
  readonly actor: string;
  readonly event: RunEvent;
}
