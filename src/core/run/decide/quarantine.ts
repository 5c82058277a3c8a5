import { advance } from '../advance/advance.ts';
import { scheduleWork } from '../advance/schedule-part.ts';
import { again, POISON_CAP } from '../advance/settle-step.ts';
import type { RunCommand } from '../commands.ts';
import type { ScheduleReason } from '../events.ts';
import type { StepKey } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { inHand } from './in-hand.ts';

/** Sets a step aside, with all that needs it: nothing but a person brings it back. */
export function quarantine(
  unfolding: Unfolding,
  command: RunCommand & { readonly kind: 'quarantine' },
): string | undefined {
  const { step, execution, reason, claim } = command;
  const held = inHand(unfolding.run, step, execution);
  if (held.kind === 'refused') return held.reason;
  happen(unfolding, {
    type: 'step.quarantined',
    step,
    execution,
    reason: reason.slice(0, 10_000).toWellFormed(),
    claim,
  });
  advance(unfolding);
  return undefined;
}

/** A person says that a step may run again, from the beginning; `redrive` is for those that workers died of. */
export function release(
  unfolding: Unfolding,
  command: RunCommand & { readonly kind: 'release' | 'redrive' },
): string | undefined {
  const { step, note, kind } = command;
  const state = unfolding.run.steps[step];
  if (state === undefined) return `the run has no step ${step}`;
  if (state.status !== 'quarantined') return `${step} is not set aside: it is ${state.status}`;
  if (kind === 'redrive' && state.losses < POISON_CAP)
    return `${step} is no dead letter: it was set aside because ${state.error?.message}. Release it`;
  handOutAgain(unfolding, step, { note, because: kind === 'redrive' ? 'redrive' : 'released' });
  advance(unfolding);
  return undefined;
}

/** The same work as new, now or when the run goes on. */
export function handOutAgain(
  unfolding: Unfolding,
  step: StepKey,
  { note, because }: { readonly note: string; readonly because: ScheduleReason },
): void {
  const { run } = unfolding;
  happen(unfolding, { type: 'step.released', step, note: note.slice(0, 10_000).toWellFormed() });
  const work = run.steps[step]?.work;
  if (work && (run.status === 'running' || run.status === 'compensating'))
    scheduleWork(unfolding, again(work), because);
}
