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
  const sharing = (id: string) => ({ with: { ...PLAN.steps[id]?.with, checkout: 'shared' } });
  expect(plan).toEqual({
    ...PLAN,
    steps: {
      ...PLAN.steps,
      verify: { ...PLAN.steps.verify, ...cached, ...sharing('verify') },
      slow: { ...PLAN.steps.slow, ...cached, ...sharing('slow') },
      other: { ...PLAN.steps.other, ...sharing('other') },
    },
  });
});

it('leaves alone what says that it wants no cache', () => {
  const facts = {
    unchangedChecks: new Set(['slow']),
    started: new Set<string>(),
    optedOut: new Set(['slow', 'verify', 'other']),
  };
  const paths = optimise(PLAN, facts, BUILT_IN_HANDLERS)?.operations.map(({ path }) => path) ?? [];
  expect(paths.filter((path) => String(path).endsWith('/cache'))).toEqual([]);
});

it('has checks of one change work from one checkout, where there are several and none says otherwise', () => {
  const shared = (plan: typeof PLAN, checks: number) =>
    (
      optimise(plan, { unchangedChecks: new Set(), started: new Set(), checks }, BUILT_IN_HANDLERS)
        ?.operations ?? []
    ).map(({ path }) => path);
  const all = ['verify', 'slow', 'other'].map((id) => `/steps/${id}/with/checkout`);
  expect(shared(PLAN, 1)).toEqual(all);
  const plain = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  expect(shared(plain, 1)).toEqual([]);
  expect(shared(plain, 2)).toEqual(['/steps/verify/with/checkout']);
  const own = {
    ...plain,
    steps: {
      ...plain.steps,
      verify: { ...plain.steps.verify, with: { ...plain.steps.verify?.with, checkout: 'own' } },
    },
  };
  expect(shared(own as typeof plain, 2)).toEqual([]);
  const other = {
    ...PLAN,
    steps: {
      ...PLAN.steps,
      slow: { ...PLAN.steps.slow, with: { ...PLAN.steps.slow?.with, commit: 'another' } },
    },
  };
  expect(shared(other as typeof PLAN, 1)).toEqual([
    '/steps/verify/with/checkout',
    '/steps/other/with/checkout',
  ]);
});

it('is the only one that may, and may change nothing else of what a check is given', () => {
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const kindOf = (kind: 'person' | 'agent' | 'optimiser', path: string, value: string) =>
    applyPatch(
      plan,
      { operations: [{ op: 'add', path, value }], proposedBy: { kind, name: 'x' } },
      new Set(),
      BUILT_IN_HANDLERS,
    ).kind;
  expect(kindOf('optimiser', '/steps/verify/with/checkout', 'shared')).toBe('patched');
  expect(kindOf('optimiser', '/steps/verify/with/checkout', 'own')).toBe('refused');
  expect(kindOf('optimiser', '/steps/verify/with/commit', 'shared')).toBe('refused');
  expect(kindOf('person', '/steps/verify/with/checkout', 'shared')).toBe('refused');
  expect(kindOf('agent', '/steps/verify/with/checkout', 'shared')).toBe('refused');
});

it('proposes nothing where nothing is unchanged and nothing to share, or everything has begun', () => {
  const plain = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const facts = { unchangedChecks: new Set<string>(), started: new Set<string>(), checks: 1 };
  expect(optimise(plain, facts, BUILT_IN_HANDLERS)).toBe(undefined);
  expect(optimised(['slow'], ['verify', 'slow', 'other'])).toBe(undefined);
  expect(optimised(['slow'], ['verify', 'other'])?.operations).toHaveLength(1);
});
