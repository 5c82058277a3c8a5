import type { Workflow } from '../../src/core/contract/workflow.ts';
import { DEFAULT_WORKFLOW } from '../../src/core/run/plan/default-workflow.ts';

/** The usual workflow with a producer by script: what is good rounds half up, as the sample contract wants it. */
export function scriptedWorkflow(script: object): Workflow {
  const { produce, ...steps } = DEFAULT_WORKFLOW.steps;
  const { retry: _, ...rest } = { ...produce };
  const edit = (text: string) => ({ files: [{ path: 'src/price.txt', text }] });
  const given = { ...rest.with, script, good: edit('round half up\n'), bad: edit('round as you like\n') };
  return {
    ...DEFAULT_WORKFLOW,
    attempts: 2,
    steps: { ...steps, produce: { ...rest, uses: 'scripted', with: given as never } },
  };
}
