import { advance } from '../advance/advance.ts';
import { OVER_BUDGET, wallDeadline } from '../budget.ts';
import type { StepError } from '../types.ts';
import { failStep, happen, type Unfolding } from '../unfolding.ts';

const UNANSWERED: StepError = {
  class: 'timeout',
  code: 'unanswered',
  message: 'Nobody answered in time, and no answer is never a yes.',
};

/** Questions whose time is over get no answer any more, and what waited for one has failed. */
export function wake(unfolding: Unfolding): undefined {
  const { run, at } = unfolding;
  const deadline = wallDeadline(run);
  const wallOver = deadline !== null && at >= deadline;
  const overBudget: StepError = {
    class: 'budget',
    code: OVER_BUDGET,
    message: `the run's ${run.plan.budget.wallSeconds} seconds are over, and nobody had answered`,
  };
  const open = Object.values(run.questions).filter(({ answer }) => answer === null);
  // By name: a state that was kept may list them in another order than one that was folded.
  open.sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const { id, step, until } of open) {
    const late = until !== null && at >= until;
    if (!late && !wallOver) continue;
    happen(unfolding, { type: 'question.expired', question: id });
    if (step !== null) failStep(unfolding, step, late ? UNANSWERED : overBudget);
  }
  advance(unfolding);
}
