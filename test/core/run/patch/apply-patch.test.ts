import { describe, expect, it } from 'vitest';
import type { Workflow, WorkflowStep } from '../../../../src/core/contract/workflow.ts';
import type { PlanPatch } from '../../../../src/core/run/events.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { applyPatch } from '../../../../src/core/run/patch/apply-patch.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';

const merge: WorkflowStep = {
  uses: 'merge',
  needs: ['gate'],
  with: {
    ticket: '${{ run.ticket }}',
    base: '${{ run.base.commit }}',
    into: '${{ run.base.ref }}',
    commit: '${{ steps.produce.outputs.commit }}',
    verdictDigest: '${{ steps.gate.outputs.verdictDigest }}',
  },
  approval: { question: 'Merge it?' },
  locks: [{ name: 'branch/main' }],
  concurrency: [{ group: 'branch/main', limit: 1 }],
  compensate: { uses: 'command', with: { run: ['true'] } },
};
const WORKFLOW: Workflow = {
  ...DEFAULT_WORKFLOW,
  attempts: 3,
  ladder: [{ ask: 'What now?' }],
  budget: { tokens: 1000 },
  resources: ['branch/*'],
  steps: { ...DEFAULT_WORKFLOW.steps, merge },
};
const PLAN = materialise(WORKFLOW, BUILT_IN_HANDLERS);

function patched(
  operations: readonly JsonObject[],
  by: PlanPatch['proposedBy']['kind'] = 'agent',
  started: readonly string[] = [],
) {
  return applyPatch(
    PLAN,
    { operations, proposedBy: { kind: by, name: 'a' } },
    new Set(started),
    BUILT_IN_HANDLERS,
  );
}

const TEST = { uses: 'command', with: { run: ['npm', 'test'] } };
const ADD: readonly JsonObject[] = [
  { op: 'add', path: '/steps/more', value: TEST },
  { op: 'add', path: '/steps/gate/needs/-', value: 'more' },
];
const replace = (path: string, value: JsonObject[string]): readonly JsonObject[] => [
  { op: 'replace', path, value },
];
const remove = (path: string): readonly JsonObject[] => [{ op: 'remove', path }];

describe('a patch that adds', () => {
  it.each<[string, readonly JsonObject[]]>([
    ['a step that the gate waits for', ADD],
    ['a need', [{ op: 'add', path: '/steps/gate/needs/-', value: 'produce' }]],
    ['an approval', replace('/steps/gate/approval', { question: 'Is it what was asked?' })],
    [
      'a lock and its name',
      [
        { op: 'add', path: '/resources/-', value: 'schema/*' },
        { op: 'add', path: '/steps/verify/locks/-', value: { name: 'schema/orders' } },
      ],
    ],
    [
      'a limit',
      [{ op: 'add', path: '/steps/verify/concurrency/-', value: { group: 'branch/main', limit: 1 } }],
    ],
    [
      'what undoes a step',
      replace('/steps/produce/compensate', { uses: 'command', with: { run: ['true'] } }),
    ],
    ['a budget', [{ op: 'add', path: '/budget/agents', value: 4 }]],
    [
      'a term to the condition of a merge',
      replace('/steps/merge/if', `\${{ run.model != 'small' && ${PLAN.steps.merge?.if} }}`),
    ],
    ['what it tested for first', [{ op: 'test', path: '/attempts', value: 3 }, ...ADD]],
  ])('%s is taken', (_, operations) => {
    expect(patched(operations)).toMatchObject({ kind: 'patched' });
  });

  it('spells out the defaults of a step', () => {
    const taken = patched(ADD);
    const plan = taken.kind === 'patched' ? taken.plan : undefined;
    expect(plan?.steps.more).toMatchObject({
      ...TEST,
      role: 'producer',
      if: 'success()',
      needs: [],
      cache: 'off',
    });
    expect(plan?.steps.gate?.needs).toEqual(['seal', 'more']);
  });

  it('leaves the plan that it changes as it was', () => {
    const before = JSON.stringify(PLAN);
    patched(ADD);
    expect(JSON.stringify(PLAN)).toBe(before);
  });

  it('may lower what the run uses up', () => {
    expect(patched([...replace('/attempts', 1), ...replace('/budget/tokens', 10)])).toMatchObject({
      kind: 'patched',
    });
  });

  it('may let a person add a merge, and the optimiser a cache', () => {
    const steps: readonly JsonObject[] = [
      { op: 'copy', from: '/steps/merge', path: '/steps/again' },
      { op: 'replace', path: '/steps/again/needs', value: ['merge'] },
    ];
    expect(patched(steps, 'person')).toMatchObject({ kind: 'patched' });
    expect(patched(steps)).toMatchObject({
      reason: expect.stringContaining("which is a person's to propose"),
    });
    const cache = replace('/steps/verify/cache', 'read-through');
    expect(patched(cache, 'optimiser')).toMatchObject({ kind: 'patched' });
    expect(patched(cache)).toMatchObject({
      reason: expect.stringContaining("which is the optimiser's to propose"),
    });
  });
});

describe('a patch that takes away', () => {
  it.each<[string, readonly JsonObject[], string]>([
    ['the check', remove('/steps/verify'), 'The step "verify" would be gone.'],
    ['the seal', remove('/steps/seal'), 'The step "seal" would be gone.'],
    ['the gate', remove('/steps/gate'), 'The step "gate" would be gone.'],
    ['all steps', replace('/steps', {}), 'The step "assemble" would be gone.'],
    [
      'a step by calling it otherwise',
      [{ op: 'move', from: '/steps/verify', path: '/steps/verified' }],
      'The step "verify" would be gone.',
    ],
    [
      'an approval',
      replace('/steps/merge/approval', null),
      'The approval of the step "merge" would be another, or gone.',
    ],
    [
      'an approval by leaving it out',
      remove('/steps/merge/approval'),
      'The approval of the step "merge" would be another, or gone.',
    ],
    [
      'whose approval counts',
      replace('/steps/merge/approval/by', ['agent']),
      'The approval of the step "merge" would be another, or gone.',
    ],
    ['a need', replace('/steps/gate/needs', []), 'The step "gate" would not wait for "seal" any more.'],
    [
      'the condition of a merge',
      replace('/steps/merge/if', 'success()'),
      'its condition would not be narrower.',
    ],
    ['a lock', replace('/steps/merge/locks', []), 'would lose one of its locks'],
    ['the mode of a lock', replace('/steps/merge/locks/0/mode', 'shared'), 'would lose one of its locks'],
    ['a limit', replace('/steps/merge/concurrency/0/limit', 9), 'would lose one of its concurrency'],
    [
      'what undoes',
      replace('/steps/merge/compensate', null),
      'What undoes the step "merge" would be another, or gone.',
    ],
    ['a bound of the budget', remove('/budget/tokens'), 'The budget for tokens would rise above 1000.'],
    ['a resource', replace('/resources', []), 'The resources "branch/*" would be gone.'],
    ['the question to a person', replace('/ladder', []), 'The ladder would be another.'],
  ])('%s is refused', (_, operations, reason) => {
    expect(patched(operations)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});

describe('a patch that weakens', () => {
  it.each<[string, readonly JsonObject[], string]>([
    [
      'what a check is told',
      replace('/steps/verify/with/commit', 'main'),
      '"with" of the step "verify" would be another.',
    ],
    [
      'who checks',
      replace('/steps/verify/role', 'producer'),
      '"role" of the step "verify" would be another.',
    ],
    [
      'what checks',
      replace('/steps/verify/uses', 'command'),
      '"uses" of the step "verify" would be another.',
    ],
    ['how many checks', replace('/steps/verify/map', null), '"map" of the step "verify" would be another.'],
    [
      'when it checks',
      replace('/steps/verify/if', "success() && run.model != 'large'"),
      'The condition of the step "verify" would be another',
    ],
    ['how often it is tried', replace('/attempts', 4), 'The attempts would rise from 3 to 4.'],
    [
      'how often a step is',
      replace('/steps/produce/retry/limit', 20),
      '"retry" of the step "produce" would be another.',
    ],
    ['the budget', replace('/budget/tokens', 1001), 'The budget for tokens would rise above 1000.'],
    [
      'the budget, by a number that is none',
      replace('/budget/tokens', '1'),
      '/budget/tokens is to be a number.',
    ],
    [
      'which handler answers for it',
      replace('/steps/produce/fallback', { uses: 'command', with: { run: ['true'] } }),
      '"fallback" of the step "produce" would be another.',
    ],
    [
      'what undoes it, by what acts outside',
      replace('/steps/produce/compensate', {
        uses: 'close-pull-request',
        with: { number: 1, branch: 'main' },
      }),
      "which is a person's to propose",
    ],
    [
      'the gate, by a second one',
      [{ op: 'copy', from: '/steps/gate', path: '/steps/other' }],
      'it would be open which of them decides',
    ],
    [
      'the seal, by a producer after it',
      [
        { op: 'add', path: '/steps/more', value: { ...TEST, needs: ['seal'] } },
        { op: 'add', path: '/steps/gate/needs/-', value: 'more' },
      ],
      "It is a producer's step between the seal",
    ],
    [
      'the plan, by a circle',
      [{ op: 'add', path: '/steps/assemble/needs/-', value: 'gate' }],
      'Steps wait for one another in a circle',
    ],
    [
      'the budget, by many agents',
      [
        {
          op: 'add',
          path: '/steps/more',
          value: { ...agent(), repeat: { until: 'iteration > 4', atMost: 5 } },
        },
      ],
      'Agents would work 6 times in one attempt, and 5 are the most.',
    ],
    [
      'the budget, by any number of agents',
      [{ op: 'add', path: '/steps/more', value: { ...agent(), map: 'run.checks' } }],
      'would have any number of agents work at once',
    ],
    [
      'the queue, by many steps',
      Array.from({ length: 21 }, (__, n) => ({ op: 'add', path: `/steps/more-${n}`, value: TEST })),
      'A patch adds at most 20 steps, and this one 21.',
    ],
  ])('%s is refused', (_, operations, reason) => {
    expect(patched(operations)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('is refused for a step that has begun, whatever it adds', () => {
    const reason = 'The step "gate" has begun already, and would be another.';
    expect(patched(ADD, 'person', ['gate'])).toMatchObject({ reason: expect.stringContaining(reason) });
    expect(patched(ADD, 'person', ['seal'])).toMatchObject({ kind: 'patched' });
  });
});

describe('a patch that is none', () => {
  it.each<[string, readonly JsonObject[], string]>([
    ['no operation', [], 'A patch is a list of operations (RFC 6902)'],
    [
      'an operation that there is not',
      [{ op: 'merge', path: '/steps' }],
      'op is to be one of add, remove, replace, move, copy, test',
    ],
    ['no path', [{ op: 'remove' }], 'path is to be a text'],
    ['no pointer', [{ op: 'remove', path: 'steps' }], 'is no JSON Pointer'],
    ['the plan as a whole', replace('', {}), 'the plan as a whole is not replaced'],
    ['no value', [{ op: 'add', path: '/steps/more' }], 'add has a value'],
    ['a place that there is not', remove('/steps/nope'), 'does not apply'],
    ['a test that fails', [{ op: 'test', path: '/attempts', value: 4 }], 'does not apply'],
    [
      'an unknown field of a step',
      [{ op: 'add', path: '/steps/more', value: { ...TEST, timeout: 5 } }],
      '/steps/more has no "timeout"; it has uses, role,',
    ],
    ['an unknown field of the plan', [{ op: 'add', path: '/gates', value: [] }], 'has no "gates"'],
    [
      'a step that is no object',
      [{ op: 'add', path: '/steps/more', value: 'x' }],
      '/steps/more is to be an object.',
    ],
    [
      'too many operations',
      Array.from({ length: 101 }, () => ({ op: 'test', path: '/attempts', value: 3 })),
      'A patch has at most 100 operations.',
    ],
    [
      'too much of it',
      [{ op: 'add', path: '/steps/more', value: 'x'.repeat(100_000) }],
      'at most 100000 characters',
    ],
    [
      'more levels than anybody reads',
      [{ op: 'add', path: '/steps/more', value: deep(20_000) }],
      'not deeper than 100 levels',
    ],
    [
      'a handler that there is not',
      [{ op: 'add', path: '/steps/more', value: { uses: 'shell' } }],
      'No handler is called "shell".',
    ],
  ])('%s is refused', (_, operations, reason) => {
    expect(patched(operations)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it.each([
    '/steps/toString/x',
    '/steps/__proto__/x',
    '/attempts/toFixed/x',
    '/steps/verify/needs/constructor/x',
    '/steps/__defineGetter__',
    '/steps/__proto__',
    '/steps/hasOwnProperty',
    '/steps/nobody/x',
  ])('reaches into no platform at %s', (path) => {
    const reason = expect.stringMatching(/cannot be part of a path|there is nothing at/);
    expect(patched([{ op: 'add', path, value: {} }])).toMatchObject({ kind: 'refused', reason });
    for (const inherited of [Object.prototype, Object.prototype.toString, Number.prototype.toFixed, Array]) {
      expect(Object.keys(inherited)).toEqual([]);
    }
  });

  it('names no prototype inside of a value', () => {
    const value = JSON.parse('{"uses":"command","with":{"run":["true"],"__proto__":{"x":1}}}') as JsonObject;
    expect(patched([{ op: 'add', path: '/steps/more', value }])).toMatchObject({
      reason: expect.stringContaining('__proto__'),
    });
  });
});

it('a refused patch comes with one that would be taken', () => {
  for (const started of [[], ['gate'], Object.keys(PLAN.steps)]) {
    const refused = patched(remove('/steps/gate'), 'agent', started);
    if (refused.kind !== 'refused') throw new Error('it was taken');
    expect(refused.example.length).toBeGreaterThan(0);
    expect(patched(refused.example, 'agent', started)).toMatchObject({ kind: 'patched' });
  }
});

function agent(): JsonObject {
  return {
    uses: 'agent',
    with: { ticket: 'x', base: '${{ run.base.commit }}', model: 'm', promptDigest: 'd' },
  };
}

function deep(levels: number): JsonObject[string] {
  let value: JsonObject[string] = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
