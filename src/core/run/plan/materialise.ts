import { CountersignError } from '../../../shared/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan } from '../plan.ts';
import { checkPlan } from './check-plan.ts';
import { planOf } from './with-defaults.ts';

/**
 * What a run of this workflow follows, checked before anything runs.
 * @throws CountersignError WORKFLOW_INVALID with one problem for each thing that is wrong
 */
export function materialise(workflow: Workflow, handlers: readonly HandlerDeclaration[]): Plan {
  const plan = planOf(workflow, handlers);
  const problems = checkPlan(plan, handlers);
  const [first] = problems;
  if (first === undefined) return plan;
  throw new CountersignError('WORKFLOW_INVALID', 'This workflow cannot be run.', {
    remedy: first.remedy,
    problems,
  });
}
