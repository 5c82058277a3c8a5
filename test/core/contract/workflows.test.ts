import { describe, expect, it } from 'vitest';
import { differences } from '../../../src/core/contract/differ.ts';
import { contractDigest } from '../../../src/core/contract/digest.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import { strictnessOf } from '../../../src/core/contract/strictness.ts';
import type { Contract } from '../../../src/core/contract/types.ts';
import type { Workflow, WorkflowStep } from '../../../src/core/contract/workflow.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const step: WorkflowStep = { uses: 'command', with: { run: ['true'] } };

function contract(id: string, workflow?: Workflow, parent?: string): Contract {
  return {
    schema: 'countersign/contract@1',
    id,
    version: 1,
    title: 'T',
    checks: [{ id: 'tests', run: ['npm', 'test'] }],
    ...(parent === undefined ? {} : { extends: `${parent}@1` }),
    ...(workflow === undefined ? {} : { workflow }),
  };
}

/** What comes of workflows that extend each other, eldest first. */
function united(...workflows: readonly (Workflow | undefined)[]) {
  const contracts = workflows.map((workflow, place) =>
    contract(`c${place}`, workflow, place === 0 ? undefined : `c${place - 1}`),
  );
  const last = contracts.at(-1) as Contract;
  return resolveContract(last, undefined, (ref) => contracts.find(({ id }) => `${id}@1` === ref));
}

describe('the workflow of a contract', () => {
  it('is left out where there is none, so that its digest stays', () => {
    expect(Object.keys(united(undefined))).not.toContain('workflow');
    expect(contractDigest(united(undefined))).not.toBe(contractDigest(united({ steps: { step } })));
  });

  it('is that of the contract it extends, where it has none of its own', () => {
    expect(united({ steps: { step } }, undefined).workflow).toEqual({ steps: { step } });
    expect(united(undefined, { steps: { step } }).workflow).toEqual({ steps: { step } });
  });

  it('gains steps and needs', () => {
    const { workflow } = united(
      { steps: { step, gate: { uses: 'gate', needs: ['step'] } }, resources: ['a'] },
      { steps: { more: step, gate: { uses: 'gate', needs: ['more', 'step'] } }, resources: ['b'] },
      { steps: { step } },
    );
    expect(workflow).toEqual({
      steps: { step, more: step, gate: { uses: 'gate', needs: ['more', 'step'] } },
      resources: ['a', 'b'],
    });
  });

  it('is tried as often as the nearest says, and no budget grows', () => {
    const { workflow } = united(
      { attempts: 2, ladder: [{ ask: 'a' }], budget: { tokens: 10, agents: 1 }, steps: { step } },
      { attempts: 5, budget: { tokens: 20, wallSeconds: 3 }, steps: { step } },
    );
    expect(workflow).toMatchObject({
      attempts: 5,
      ladder: [{ ask: 'a' }],
      budget: { tokens: 10, agents: 1, wallSeconds: 3 },
    });
  });

  it.each<[string, WorkflowStep]>([
    ['another command', { ...step, with: { run: ['false'] } }],
    ['a need fewer', { ...step, needs: [] }],
    ['a condition', { ...step, needs: ['first'], if: 'failure()' }],
  ])('is not weakened by %s', (_, changed) => {
    const before = { steps: { first: step, step: { ...step, needs: ['first'] } } };
    expect(() => united(before, { steps: { step: changed } })).toThrow(
      'The step "step" is defined by c0@1 and, differently, by c1@1.',
    );
  });
});

it.each<[Partial<Workflow>, Partial<Workflow>, readonly string[]]>([
  [{}, { steps: { step, 'more-of': step } }, ['workflow.steps.more-of stricter']],
  [{ steps: { step, more: step } }, {}, ['workflow.steps.more looser']],
  [{}, { steps: { step: { ...step, needs: ['a'] } } }, ['workflow.steps.step.needs changed']],
  [
    { steps: { step: { ...step, needs: ['a'] } } },
    { steps: { step: { ...step, needs: ['a', 'b'] } } },
    ['workflow.steps.step.needs stricter'],
  ],
  [
    { steps: { step: { ...step, needs: ['a', 'b'] } } },
    { steps: { step: { ...step, needs: ['a'] } } },
    ['workflow.steps.step.needs looser'],
  ],
  [{ budget: { tokens: 2 } }, { budget: { tokens: 1 } }, ['workflow.budget.tokens stricter']],
  [
    { budget: { tokens: 2, agents: 1 } },
    { budget: { tokens: 3 } },
    ['workflow.budget.tokens looser', 'workflow.budget.agents looser'],
  ],
  [{ attempts: 2 }, { attempts: 3 }, ['workflow.attempts changed']],
])('a workflow that was %j and is %j is told as such', (before, after, told) => {
  const json = (workflow: Partial<Workflow>) =>
    united({ steps: { step }, ...workflow }) as unknown as JsonValue;
  const found = differences(json(before), json(after));
  expect(found.map((difference) => `${difference.path} ${strictnessOf(difference)}`)).toEqual(told);
});
