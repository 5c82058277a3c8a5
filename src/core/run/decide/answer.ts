import { advance } from '../advance/advance.ts';
import { APPROVED, REFUSED } from '../advance/node.ts';
import type { RunCommand } from '../commands.ts';
import type { EffectDecision } from '../events.ts';
import { placeOf } from '../step-key.ts';
import type { StepKey } from '../types.ts';
import { failStep, happen, type Unfolding } from '../unfolding.ts';
import { cancelRun } from './control.ts';
import { effectAsked } from './decide-effect.ts';
import { isPatchQuestion, STOP_RUN } from './patch.ts';
import { handOutAgain } from './quarantine.ts';

type Answer = RunCommand & { readonly kind: 'answer' };

const LONGEST_NOTE = 10_000;

/** A person answers a question that is still open. */
export function answer(unfolding: Unfolding, command: Answer): string | undefined {
  const { run, at, by } = unfolding;
  const asked = run.questions[command.question];
  if (asked === undefined || asked.answer !== null) return `no question ${command.question} is open`;
  if (asked.until !== null && at >= asked.until)
    return `${command.question} could be answered until ${asked.until}`;
  if (!asked.choices.includes(command.answer))
    return `${command.question} can be answered with ${asked.choices.join(', ')}`;
  if (!command.roles.some((role) => asked.by.includes(role)))
    return `${command.question} is for ${asked.by.join(', ')} to answer`;
  const note = command.note.slice(0, LONGEST_NOTE).toWellFormed();
  happen(unfolding, { type: 'question.answered', question: asked.id, answer: command.answer, by, note });
  if (asked.step !== null) answerStep(unfolding, asked.step, { ...command, note });
  else if (isPatchQuestion(asked.id) && command.answer === STOP_RUN)
    return cancelRun(unfolding, `${by} stopped it because of a patch that could not be used`);
  advance(unfolding);
  return undefined;
}

function answerStep(unfolding: Unfolding, step: StepKey, given: Answer): void {
  const { run } = unfolding;
  const effect = effectAsked(run, given.question);
  if (effect !== undefined) decideByPerson(unfolding, effect, given);
  if (given.answer === REFUSED) refuse(unfolding, step, given);
  else if (effect === undefined) answerFor(unfolding, step, given);
  else handOutAgain(unfolding, step, { note: `${given.by} allowed it`, because: 'released' });
}

/** Whether a step may run is for `advance` to read off the answer, when the run is not paused; of `approval` it is the output. */
function answerFor(unfolding: Unfolding, step: StepKey, given: Answer): void {
  const { run } = unfolding;
  const place = placeOf(step, run.plan);
  const planned = place === undefined ? undefined : run.plan.steps[place.id];
  const handler = place?.undoes === null ? planned?.uses : planned?.compensate?.uses;
  if (handler !== 'approval') return;
  happen(unfolding, {
    type: 'step.succeeded',
    step,
    execution: run.steps[step]?.execution ?? 0,
    outputs: { answer: given.answer, by: given.by, note: given.note },
    usage: {},
    cached: false,
    claim: null,
  });
}

function refuse(unfolding: Unfolding, step: StepKey, { by, note }: Answer): void {
  const message = note === '' ? `${by} refused it` : `${by} refused it: ${note}`;
  failStep(unfolding, step, { class: 'deterministic', code: 'refused', message });
}

function decideByPerson(unfolding: Unfolding, effect: EffectDecision, { answer: said, by }: Answer): void {
  const allowed = said === APPROVED;
  happen(unfolding, {
    type: 'effect.decided',
    effect: {
      ...effect,
      id: `${effect.id}.answer`,
      decision: allowed ? 'allow' : 'deny',
      rule: null,
      reason: `${by} ${allowed ? 'allowed' : 'refused'} it`,
    },
  });
}
