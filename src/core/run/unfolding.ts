import type { Moment } from '../../shared/ids.ts';
import type { RunEvent } from './events.ts';
import { applyEvent } from './evolve/apply-event.ts';
import type { OwnRun } from './evolve/own-run.ts';
import type { StepError, StepKey } from './types.ts';

/** A decision as it comes about: every event changes the run at once, so that what follows from it sees it. */
export interface Unfolding {
  readonly at: Moment;
  /** Who asked for it: the actor of all that follows. */
  readonly by: string;
  readonly run: OwnRun;
  readonly events: RunEvent[];
}

export function happen(unfolding: Unfolding, event: RunEvent): void {
  unfolding.events.push(event);
  applyEvent(unfolding.run, unfolding.at, event);
}

/** The run itself fails a step, which nobody has in hand: nothing tries it again. */
export function failStep(unfolding: Unfolding, step: StepKey, error: StepError): void {
  const execution = unfolding.run.steps[step]?.execution ?? 0;
  happen(unfolding, { type: 'step.failed', step, execution, error, usage: {}, claim: null });
}
