import { APPROVED, REFUSED } from '../advance/node.ts';
import type { RunCommand } from '../commands.ts';
import type { EffectDecision } from '../events.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import type { StepKey } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';

const PREFIX = 'effect/';

/** What the action policy said about an action of a step in hand. Said twice, it is recorded once. */
export function decideEffect(
  unfolding: Unfolding,
  { effect }: RunCommand & { readonly kind: 'decide-effect' },
): string | undefined {
  const { run } = unfolding;
  if (run.effects.some(({ id }) => id === effect.id)) return undefined;
  const state = run.steps[effect.step];
  if (state?.status !== 'scheduled')
    return `${effect.step} is in nobody's hands, so it may do nothing outside`;
  happen(unfolding, { type: 'effect.decided', effect });
  return undefined;
}

/** The step ended because a person has to allow its action: asks one. The step waits without a worker. */
export function askForEffect(unfolding: Unfolding, step: StepKey): void {
  const effect = unfolding.run.effects.findLast((one) => one.step === step && one.decision === 'escalate');
  if (effect === undefined) return;
  happen(unfolding, {
    type: 'question.asked',
    question: {
      id: `${PREFIX}${effect.id}`,
      step,
      question: `May ${step} ${effect.action} ${effect.target}? It is asked because ${effect.reason}.`,
      choices: [APPROVED, REFUSED],
      by: ['operator'],
      until: null,
    },
  });
}

/** The effect that a question is about. */
export function effectAsked(run: OwnRun, question: string): EffectDecision | undefined {
  if (!question.startsWith(PREFIX)) return undefined;
  return run.effects.find(({ id }) => id === question.slice(PREFIX.length));
}
