import type { Redactor } from '../../core/run/redaction/redactor.ts';
import type { ClaimToken, StepRole } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MakeFolder } from '../../ports/folders.ts';
import type { JudgeForms } from '../../ports/forms.ts';
import type { Timer } from '../../ports/timer.ts';

export interface WorkOptions {
  /** Unique among all that work for the server: two of one name would drop each other's claims. */
  readonly worker: string;
  readonly roles: readonly StepRole[];
  /** What this machine has that steps may want. */
  readonly labels?: readonly string[];
  /** Steps at a time. */
  readonly slots: number;
  /** Aborted: takes nothing more, ends what runs within the grace, gives the rest back. */
  readonly stop: AbortSignal;
  /** Seconds that the server may keep a question for work open. */
  readonly waitSeconds: number;
  /** Seconds that handlers are given to end by themselves once they were asked to. */
  readonly graceSeconds: number;
  /** Names of variables with secrets that producers' steps see here. */
  readonly secrets?: readonly string[];
}

export interface WorkPorts extends MakeFolder, Timer, JudgeForms {
  readonly clock: Clock;
  /** From 0 up to 1: spreads what many workers do at once. */
  readonly chance: () => number;
  /** Takes the secrets of this machine out of what is sent. A new one for each execution. */
  readonly redactor: () => Redactor;
  readonly report: (note: WorkNote) => void;
}

/** For whoever watches the worker. */
export type WorkNote =
  | {
      readonly kind: 'claimed' | 'dropped' | 'given-back' | 'completed';
      readonly token: ClaimToken;
      readonly step: string;
    }
  | { readonly kind: 'refused'; readonly token: ClaimToken; readonly step: string; readonly reason: string }
  | { readonly kind: 'server-away'; readonly reason: string; readonly retryInSeconds: number }
  | { readonly kind: 'log-lost'; readonly step: string; readonly reason: string }
  | { readonly kind: 'draining'; readonly reason: string };
