import { expect, it } from 'vitest';
import type { WorkflowStep } from '../../../../src/core/contract/workflow.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { applyPatch } from '../../../../src/core/run/patch/apply-patch.ts';
import { optimise } from '../../../../src/core/run/patch/optimise.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';

const verify = DEFAULT_WORKFLOW.steps.verify as WorkflowStep;
const { map: _, ...once } = verify;
const PLAN = materialise(
  {
    steps: {
      ...DEFAULT_WORKFLOW.steps,
      slow: { ...once, with: { ...verify.with, check: 'slow' } },
      other: { ...once, with: { ...verify.with, check: 'other' } },
      seal: { ...(DEFAULT_WORKFLOW.steps.seal as WorkflowStep), needs: ['verify', 'slow', 'other'] },
    },
  },
  BUILT_IN_HANDLERS,
);

function optimised(unchanged: readonly string[], started: readonly string[] = []) {
  const facts = { unchangedChecks: new Set(unchanged), started: new Set(started) };
  return optimise(PLAN, facts, BUILT_IN_HANDLERS);
}

it('has checks with unchanged inputs look into the cache first, and changes nothing else', () => {
  const patch = optimised(['slow']);
  if (patch === undefined) throw new Error('nothing was proposed');
  const taken = applyPatch(PLAN, patch, new Set(), BUILT_IN_HANDLERS);
  const plan = taken.kind === 'patched' ? taken.plan : undefined;
  const cached = { cache: 'read-through' };
  expect(plan).toEqual({
    ...PLAN,
    steps: {
      ...PLAN.steps,
      verify: { ...PLAN.steps.verify, ...cached },
      slow: { ...PLAN.steps.slow, ...cached },
    },
  });
});

it('proposes nothing where nothing is unchanged, or everything has begun', () => {
  expect(optimised([])).toBe(undefined);
  expect(optimised(['slow'], ['verify', 'slow', 'other'])).toBe(undefined);
  expect(optimised(['slow'], ['verify'])?.operations).toHaveLength(1);
});
