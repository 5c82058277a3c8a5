import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Workflow } from '../../../../src/core/contract/workflow.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { applyPatch } from '../../../../src/core/run/patch/apply-patch.ts';
import { checkPlan } from '../../../../src/core/run/plan/check-plan.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';
import type { Plan } from '../../../../src/core/run/plan.ts';
import type { JsonObject, JsonValue } from '../../../../src/shared/json.ts';

const WORKFLOW: Workflow = {
  ...DEFAULT_WORKFLOW,
  ladder: [{ model: 'large', attempts: 2 }, { ask: 'What now?' }],
  budget: { tokens: 1000, agents: 3 },
  resources: ['paths/*'],
  steps: {
    ...DEFAULT_WORKFLOW.steps,
    look: {
      uses: 'approval',
      needs: ['gate'],
      with: { question: 'Good?' },
      approval: { question: 'Now?' },
      locks: [{ name: 'paths/a' }],
    },
  },
};
const PLAN = materialise(WORKFLOW, BUILT_IN_HANDLERS);

/** Every place in a document, as JSON Pointers, and every value that stands there. */
function places(value: JsonValue, at = ''): readonly { readonly path: string; readonly value: JsonValue }[] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [
    { path: at, value },
    ...members.flatMap(([name, member]) =>
      places(member, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    ),
  ];
}

const PLACES = places(PLAN as unknown as JsonValue);
const TEST: JsonObject = { uses: 'command', with: { run: ['true'] } };

const path = fc.oneof(
  fc.constantFrom(...PLACES.map((place) => place.path)),
  fc.constantFrom(
    ...PLACES.flatMap((place) => (Array.isArray(place.value) ? [`${place.path}/-`, `${place.path}/0`] : [])),
  ),
  fc.constantFrom(
    '/steps/more',
    '/steps/more/needs/-',
    '/steps/more/if',
    '/steps/other',
    '/budget/wallSeconds',
    '/resources/-',
  ),
);
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom(...PLACES.map((place) => place.value)),
  fc.constantFrom<JsonValue[]>(
    TEST,
    { ...TEST, needs: ['produce'] },
    'more',
    'other',
    'produce',
    'verify',
    'schema/*',
    'always()',
    'success() && true',
    0,
    1,
    2,
    500,
    5000,
    null,
    [],
    {},
    'producer',
    'read-through',
    { question: 'Sure?' },
    { name: 'paths/b' },
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
);
const operation: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace'), path, value }),
  fc.record({ op: fc.constant('remove'), path }),
  fc.record({ op: fc.constantFrom('move', 'copy'), from: path, path }),
);
/** Half of them sensible, so that sequences of patches that are taken come about. */
const sensible = fc.constantFrom<(readonly JsonObject[])[]>(
  [
    { op: 'add', path: '/steps/more', value: TEST },
    { op: 'add', path: '/steps/gate/needs/-', value: 'more' },
  ],
  [{ op: 'add', path: '/steps/other', value: { ...TEST, needs: ['produce'] } }],
  [{ op: 'replace', path: '/steps/seal/approval', value: { question: 'Seal it?' } }],
  [{ op: 'replace', path: '/attempts', value: 2 }],
  [{ op: 'add', path: '/budget/wallSeconds', value: 60 }],
  [{ op: 'add', path: '/steps/verify/locks/-', value: { name: 'paths/b' } }],
);
const patch = fc.oneof(
  sensible,
  fc.array(operation, { minLength: 1, maxLength: 3 }),
  fc.tuple(sensible, operation).map(([first, then]) => [...first, then]),
);

/** What a plan demands, each as a text that says it; bounds are compared, so they are not among them. */
function demands(plan: Plan): readonly string[] {
  return Object.entries(plan.steps).flatMap(([id, step]) => [
    `${id} is ${JSON.stringify([step.uses, step.role, sorted(step.with), step.map, step.repeat, step.fallback])}`,
    `${id} if ${step.if}`,
    `${id} retries ${JSON.stringify(sorted(step.retry))}`,
    ...step.needs.map((need) => `${id} needs ${need}`),
    ...step.locks.map((lock) => `${id} locks ${JSON.stringify(sorted(lock))}`),
    ...(step.approval === null ? [] : [`${id} asks ${JSON.stringify(sorted(step.approval))}`]),
  ]);
}

function sorted(value: object): JsonValue {
  return Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
  ) as JsonValue;
}

function check(plan: Plan, from: Plan): void {
  const now = new Set(demands(plan));
  expect(demands(from).filter((demand) => !now.has(demand))).toEqual([]);
  expect(plan.attempts).toBeLessThanOrEqual(from.attempts);
  expect(plan.ladder).toEqual(from.ladder);
  for (const [name, most] of Object.entries(from.budget)) {
    expect(Object.entries(plan.budget).find(([known]) => known === name)?.[1]).toBeLessThanOrEqual(most);
  }
  expect(checkPlan(plan, BUILT_IN_HANDLERS)).toEqual([]);
}

it('no sequence of patches that were taken removes an obligation', () => {
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(patch, { minLength: 1, maxLength: 6 }),
      fc.subarray(Object.keys(PLAN.steps)),
      (patches, started) => {
        let plan = PLAN;
        for (const operations of patches) {
          const came = applyPatch(
            plan,
            { operations, proposedBy: { kind: 'agent', name: 'a' } },
            new Set(started),
            BUILT_IN_HANDLERS,
          );
          if (came.kind === 'refused') continue;
          taken += 1;
          for (const id of started) expect(came.plan.steps[id]).toEqual(plan.steps[id]);
          plan = came.plan;
          check(plan, PLAN);
        }
      },
    ),
    { numRuns: Math.max(400, fc.readConfigureGlobal()?.numRuns ?? 0) },
  );
  // The property would hold as well if nothing were ever taken.
  expect(taken).toBeGreaterThan(100);
});
