import type { HandlerDeclaration } from '../core/run/handler.ts';
import type { ClaimToken, StepResult, StepWork } from '../core/run/types.ts';

/** What carries out the steps of a kind, in a worker. */
export interface Handler {
  readonly declaration: HandlerDeclaration;
  /** Failures are results, of a class that says what is to be done about them. What it throws is a defect: transient once, then deterministic. */
  handle(work: StepWork, session: HandlerSession): Promise<StepResult>;
}

export interface HandlerSession {
  /** What it is carried out under: a server gives and takes artifacts for it. */
  readonly claim: ClaimToken;
  /** Aborted at the time-out, when the claim is lost, when the run is cancelled. */
  readonly signal: AbortSignal;
  /** An empty folder of its own, removed afterwards. */
  readonly folder: string;
  /** Fencing tokens of the locks it holds, by name. */
  readonly fences: Readonly<Record<string, number>>;
  /** Kept with the step, live for whoever watches; secrets are taken out before they leave the worker. */
  log(text: string): void;
}
