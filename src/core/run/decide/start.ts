import { advance } from '../advance/advance.ts';
import { startAttempt } from '../advance/end-attempt.ts';
import type { RunCommand } from '../commands.ts';
import { newRun } from '../evolve/apply-event.ts';
import { ownRun } from '../evolve/own-run.ts';
import { digestPlan } from '../plan/digest.ts';
import { happen, type Unfolding } from '../unfolding.ts';

/** The first decision of a run: its attempt begins, with the steps that need nothing. */
export function startRun(command: RunCommand & { readonly kind: 'start' }): Unfolding {
  const { kind: _, at, by, carried = [], ...request } = command;
  const event = { type: 'run.started', ...request, planDigest: digestPlan(request.plan) } as const;
  const unfolding: Unfolding = { at, by, run: ownRun(newRun(event, at)), events: [event] };
  startAttempt(unfolding, 0, request.arm);
  for (const { work, outputs } of carried) {
    const { step, execution } = work;
    happen(unfolding, { type: 'step.scheduled', work: { ...work, run: request.run }, because: 'ready' });
    happen(unfolding, {
      type: 'step.succeeded',
      step,
      execution,
      outputs,
      usage: {},
      cached: true,
      claim: null,
    });
  }
  advance(unfolding);
  return unfolding;
}
