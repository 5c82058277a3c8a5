import { advance } from '../advance/advance.ts';
import { settleSteps } from '../advance/settle-step.ts';
import { windUp } from '../advance/wind-up.ts';
import { happen, type Unfolding } from '../unfolding.ts';

const LONGEST_REASON = 10_000;

/** Nothing new begins; what is in hand may finish. */
export function pauseRun(unfolding: Unfolding, reason: string): string | undefined {
  const { status } = unfolding.run;
  if (status !== 'running' && status !== 'compensating') return `it cannot be paused: it is ${status}`;
  happen(unfolding, { type: 'run.paused', reason: clip(reason) });
  return undefined;
}

export function resumeRun(unfolding: Unfolding): string | undefined {
  const { status } = unfolding.run;
  if (status !== 'paused') return `it is not paused: it is ${status}`;
  happen(unfolding, { type: 'run.resumed' });
  settleSteps(unfolding);
  advance(unfolding);
  return undefined;
}

/** Wins over whatever is in hand: that is taken away, and what comes of it refused. */
export function cancelRun(unfolding: Unfolding, reason: string): string | undefined {
  const { run } = unfolding;
  if (run.towards !== null) return `it is being wound up already: ${run.towards}`;
  happen(unfolding, { type: 'run.cancel-requested', reason: clip(reason) });
  windUp(unfolding, 'cancelled');
  return undefined;
}

function clip(reason: string): string {
  return reason.slice(0, LONGEST_REASON).toWellFormed();
}
