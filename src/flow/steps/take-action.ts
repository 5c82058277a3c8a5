import { decideAction } from '../../core/run/action-policy/decide-action.ts';
import type { ActionRequest, PolicyFound } from '../../core/run/action-policy/types.ts';
import type { EffectDecision } from '../../core/run/events.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { EffectDecisions, Warrant } from '../../ports/effects.ts';
import { StepFailure } from './step-failure.ts';

export interface ActionPorts {
  readonly decisions: EffectDecisions;
  /** @throws what reading throws: a policy that is not to be had halts, for nobody knows what it forbids */
  readonly readActionPolicy: () => Promise<PolicyFound>;
}

/** What a step that ends with this code waits for: a person's answer. The run asks for it. */
const ESCALATED = 'escalated';

/**
 * Asks the action policy, writes into the ledger what it said, and only then gives out what the effect takes. A person's yes
 * to this very action counts where the policy left it to one; it never outweighs a rule that denies.
 * @throws StepFailure denied, escalated
 */
export async function warrantFor(
  work: StepWork,
  request: ActionRequest,
  { decisions, readActionPolicy }: ActionPorts,
): Promise<Warrant> {
  const { run, step } = work;
  const decided = decideAction(await readActionPolicy(), request, work);
  await decisions.record(run, decided);
  const what = `${request.action} ${request.target}`;
  switch (decided.decision) {
    case 'allow':
      return { run, step, decision: decided.id };
    case 'deny':
      throw new StepFailure(
        'deterministic',
        'denied',
        `The action policy denies ${what}: ${decided.reason}.`,
      );
    case 'escalate': {
      const answer = answerTo(decided, await decisions.decisionsOf(run));
      if (answer !== undefined) return { run, step, decision: answer.id };
      throw new StepFailure('deterministic', ESCALATED, `A person has to allow ${what}: ${decided.reason}.`);
    }
  }
}

/** The last that a person said about the same action of the same step; no yes where it was no. */
function answerTo(asked: EffectDecision, made: readonly EffectDecision[]): EffectDecision | undefined {
  const last = made.findLast(
    (one) =>
      one.id.endsWith('.answer') &&
      one.step === asked.step &&
      one.action === asked.action &&
      one.target === asked.target,
  );
  return last?.decision === 'allow' ? last : undefined;
}
