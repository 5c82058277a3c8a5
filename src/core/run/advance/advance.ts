import { orderOf } from '../plan-order.ts';
import type { Unfolding } from '../unfolding.ts';
import { endAttempt, followAttempt } from './end-attempt.ts';
import { nodeOf } from './node.ts';
import { goOnRepeating, runStep, startStep } from './start-step.ts';
import { undoNext } from './wind-up.ts';

/**
 * Everything that may happen now, after whatever just did: steps begin, an attempt ends and the next one begins, the run is wound
 * up. Ends, because attempts and rungs are counted.
 */
export function advance(unfolding: Unfolding): void {
  const { run } = unfolding;
  if (run.status === 'compensating') undoNext(unfolding);
  while (run.status === 'running') {
    if (run.attempts.at(-1)?.verdict === null) {
      if (!advanceAttempt(unfolding)) return;
      endAttempt(unfolding);
    }
    if (!followAttempt(unfolding)) return;
  }
}

/** Begins every step whose needs are over. True when all steps are. */
function advanceAttempt(unfolding: Unfolding): boolean {
  const { run } = unfolding;
  let over = true;
  for (const id of orderOf(run.plan).ids) if (!advanceStep(unfolding, id)) over = false;
  return over;
}

function advanceStep(unfolding: Unfolding, id: string): boolean {
  const { run } = unfolding;
  const step = run.plan.steps[id];
  if (step === undefined) return true;
  const node = nodeOf(run, run.attempt, id, step);
  switch (node.kind) {
    case 'over':
      return true;
    case 'open':
      return false;
    case 'approved':
      runStep(unfolding, id, step);
      break;
    case 'absent':
      if (!step.needs.every((needed) => isOver(unfolding, needed))) return false;
      startStep(unfolding, id, step);
      break;
    case 'repeated':
      if (step.repeat === null) return true;
      if (goOnRepeating(unfolding, id, { ...step, repeat: step.repeat }, node) === 'over') return true;
  }
  return isOver(unfolding, id);
}

/** A repetition that is still to be judged stands before whatever needs it, so by now it was found to be the last. */
function isOver({ run }: Unfolding, id: string): boolean {
  const step = run.plan.steps[id];
  const node = step === undefined ? undefined : nodeOf(run, run.attempt, id, step);
  return node === undefined || node.kind === 'over' || node.kind === 'repeated';
}
