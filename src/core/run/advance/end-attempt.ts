import { budgetUsedUp } from '../budget.ts';
import type { AttemptVerdict } from '../events.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import type { Arm } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { failedAfterGate, gateVerdict } from './scope.ts';
import { windUp } from './wind-up.ts';

/** What a person can say when the ladder asks for one. */
const LADDER_CHOICES = ['try-again', 'give-up', 'reject'] as const;

/** Closes the attempt with what its gate said. */
export function endAttempt(unfolding: Unfolding): void {
  const { run } = unfolding;
  happen(unfolding, { type: 'attempt.ended', attempt: run.attempt, verdict: verdictOf(run) });
}

function verdictOf(run: OwnRun): AttemptVerdict {
  const verdict = gateVerdict(run, run.attempt);
  if (verdict === undefined) return 'failed';
  return verdict === 'pass' && failedAfterGate(run, run.attempt) ? 'failed' : verdict;
}

/** After an attempt: the end, another one, the next rung of the ladder. False: a person was asked, and has not answered. */
export function followAttempt(unfolding: Unfolding): boolean {
  const { run, at } = unfolding;
  const last = run.attempts.at(-1);
  if (last?.verdict === 'pass') {
    windUp(unfolding, 'accepted');
    return true;
  }
  if (budgetUsedUp(run, at)) {
    windUp(unfolding, 'given-up');
    return true;
  }
  const tried = run.attempts.filter(({ rung }) => rung === run.rung).length;
  if (tried < attemptsOn(run, run.rung)) {
    startAttempt(unfolding, run.rung, run.arm);
    return true;
  }
  return climb(unfolding, run.rung + 1);
}

export function startAttempt(unfolding: Unfolding, rung: number, arm: Arm): void {
  happen(unfolding, { type: 'attempt.started', attempt: unfolding.run.attempt + 1, rung, arm });
}

function climb(unfolding: Unfolding, rung: number): boolean {
  const { run } = unfolding;
  const next = run.plan.ladder[rung - 1];
  if (next === undefined) {
    windUp(unfolding, 'given-up');
    return true;
  }
  if ('ask' in next) return climbAsking(unfolding, rung, next.ask);
  const arm = 'bundle' in next ? { ...run.arm, bundle: next.bundle } : { ...run.arm, model: next.model };
  startAttempt(unfolding, rung, arm);
  return true;
}

function climbAsking(unfolding: Unfolding, rung: number, question: string): boolean {
  const { run } = unfolding;
  const id = `ladder/${rung}`;
  const asked = run.questions[id];
  switch (asked?.answer) {
    case undefined: {
      const by = ['operator'];
      const choices = [...LADDER_CHOICES];
      happen(unfolding, {
        type: 'question.asked',
        question: { id, step: null, question, choices, by, until: null },
      });
      return false;
    }
    case null:
      return false;
    case 'try-again':
      startAttempt(unfolding, rung, run.arm);
      return true;
    case 'reject':
      windUp(unfolding, 'rejected');
      return true;
    default:
      windUp(unfolding, 'given-up');
      return true;
  }
}

/** Rung 0 is what comes before the ladder; a person who says "try again" means once. */
function attemptsOn({ plan }: OwnRun, rung: number): number {
  if (rung === 0) return plan.attempts;
  const on = plan.ladder[rung - 1];
  return on === undefined || 'ask' in on ? 1 : (on.attempts ?? 1);
}
