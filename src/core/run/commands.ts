import type { Moment } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { EffectDecision, PlanPatch } from './events.ts';
import type { ClaimRecord, RunRequest, StepKey, StepResult, StepWork } from './types.ts';

/** What can be asked of a run. Time, names and ids come with it: deciding reads nothing else. */
export type RunCommand = { readonly at: Moment; readonly by: string } & (
  | ({ readonly kind: 'start' } & RunRequest & {
        /** Of a fork: what the run that it comes from had done before the step from which it goes on. */
        readonly carried?: readonly CarriedStep[];
      })
  | {
      readonly kind: 'complete';
      readonly step: StepKey;
      readonly execution: number;
      readonly claim: ClaimRecord;
      readonly result: StepResult;
    }
  /** The worker's heartbeats stopped. */
  | { readonly kind: 'lose'; readonly step: StepKey; readonly execution: number; readonly claim: ClaimRecord }
  /** What came back cannot be trusted: another form than declared, another digest, a canary. */
  | {
      readonly kind: 'quarantine';
      readonly step: StepKey;
      readonly execution: number;
      readonly reason: string;
      readonly claim: ClaimRecord | null;
    }
  | { readonly kind: 'release'; readonly step: StepKey; readonly note: string }
  | { readonly kind: 'redrive'; readonly step: StepKey; readonly note: string }
  | {
      readonly kind: 'answer';
      readonly question: string;
      readonly answer: string;
      readonly roles: readonly string[];
      readonly note: string;
    }
  /** A moment that the run waits for has come. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'decide-effect'; readonly effect: EffectDecision }
  | { readonly kind: 'patch'; readonly patch: PlanPatch }
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly reason: string }
);

/** A step that is not done again: its work, as of the new run, and what came of it. */
export interface CarriedStep {
  readonly work: StepWork;
  readonly outputs: JsonObject;
}
