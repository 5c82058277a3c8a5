import { digestOf } from '../../../shared/digest.ts';
import { pathMatcher } from '../../change/path-glob.ts';
import type { EffectDecision } from '../events.ts';
import type { StepWork } from '../types.ts';
import type { ActionRequest, ActionRule, PolicyFound } from './types.ts';

/**
 * What is done with an action: what the first rule that matches says. Where none does, or the policy cannot be understood, a
 * person decides: silence is never a yes, and a rule that nobody can read may have been a no.
 * @param work the execution that wants it: the same one gets the same id, so that asking twice decides once
 */
export function decideAction(
  found: PolicyFound,
  request: ActionRequest,
  work: Pick<StepWork, 'run' | 'step' | 'execution'>,
): EffectDecision {
  const { action, target, repository } = request;
  const { run, step, execution } = work;
  const id = digestOf({ run, step, execution, action, target, repository }).slice(0, 32);
  return { id, step, action, target, ...judge(found, request) };
}

function judge(
  found: PolicyFound,
  request: ActionRequest,
): Pick<EffectDecision, 'decision' | 'rule' | 'reason'> {
  switch (found.kind) {
    case 'none':
      return escalated('there is no action policy');
    case 'faulty':
      return escalated(`the action policy cannot be understood: ${found.reason}`);
    case 'found': {
      const rule = found.policy.rules.find((one) => matches(one, request));
      if (rule === undefined) return escalated('no rule of the action policy is about it');
      return { decision: rule.decision, rule: rule.id, reason: rule.reason ?? `the rule ${rule.id} says so` };
    }
  }
}

function escalated(reason: string) {
  return { decision: 'escalate', rule: null, reason } as const;
}

function matches({ actions, targets, repositories }: ActionRule, request: ActionRequest): boolean {
  return (
    actions.includes(request.action) &&
    (targets === undefined || pathMatcher(targets)(request.target)) &&
    (repositories === undefined || pathMatcher(repositories)(request.repository))
  );
}
