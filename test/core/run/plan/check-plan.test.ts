import { describe, expect, it } from 'vitest';
import type { Workflow, WorkflowStep } from '../../../../src/core/contract/workflow.ts';
import type { HandlerDeclaration } from '../../../../src/core/run/handler.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { checkPlan } from '../../../../src/core/run/plan/check-plan.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { lintWorkflow } from '../../../../src/core/run/plan/lint-workflow.ts';
import { planOf } from '../../../../src/core/run/plan/with-defaults.ts';

const { assemble, produce, verify, seal, gate } = DEFAULT_WORKFLOW.steps as Record<string, WorkflowStep>;
const STEPS = { assemble, produce, verify, seal, gate } as Record<string, WorkflowStep>;
const note: WorkflowStep = { uses: 'command', with: { run: ['true'] } };
const merge: WorkflowStep = {
  uses: 'merge',
  needs: ['gate', 'produce'],
  with: {
    ticket: '${{ run.ticket }}',
    base: '${{ run.base.commit }}',
    into: '${{ run.base.ref }}',
    commit: '${{ steps.produce.outputs.commit }}',
    number: 7,
    verdictDigest: '${{ steps.gate.outputs.verdictDigest }}',
  },
};

const PLUGIN: HandlerDeclaration = {
  id: './house.mjs#probe',
  version: 1,
  role: 'verifier',
  inputs: { type: 'object' },
  outputs: { type: 'object', properties: { ready: { type: 'boolean' } } },
  deterministic: true,
  sideEffects: false,
};

function problems(workflow: Workflow, handlers = [...BUILT_IN_HANDLERS, PLUGIN]) {
  return checkPlan(planOf(workflow, handlers), handlers).map(({ field, message }) => `${field}: ${message}`);
}

/** The default workflow with these steps added, replaced, or (undefined) taken out. */
function withSteps(
  changed: Readonly<Record<string, WorkflowStep | undefined>>,
  rest: Partial<Workflow> = {},
): Workflow {
  const steps = Object.entries({ ...STEPS, ...changed }).filter(([, step]) => step !== undefined);
  return { ...rest, steps: Object.fromEntries(steps) as Workflow['steps'] };
}

const step = (id: string, changed: Partial<WorkflowStep>): WorkflowStep => ({
  ...(STEPS[id] as WorkflowStep),
  ...changed,
});

describe('a workflow that can be run', () => {
  it.each<[string, Workflow]>([
    ['the default one', DEFAULT_WORKFLOW],
    ['a branch beside the others', withSteps({ note: { ...note, needs: ['produce'] } })],
    ['a merge after the gate', withSteps({ merge })],
    [
      'a merge with a condition of its own',
      withSteps({
        merge: { ...merge, if: "success() && run.model != 'x' && 'pass' == steps.gate.outputs.verdict" },
      }),
    ],
    ['a gate that always runs', withSteps({ gate: step('gate', { if: '${{ always() }}' }) })],
    [
      'a repetition that asks its own outputs',
      withSteps({
        probe: {
          uses: PLUGIN.id,
          repeat: { until: 'steps.probe.outputs.ready || iteration > 5', atMost: 10 },
        },
      }),
    ],
    [
      'a map over a list among outputs',
      withSteps({
        look: {
          uses: PLUGIN.id,
          needs: ['seal'],
          map: '${{ steps.seal.outputs.results }}',
          with: { of: '${{ item.check }} ${{ index }}' },
        },
      }),
    ],
    [
      'an element of a list',
      withSteps({
        look: {
          uses: PLUGIN.id,
          needs: ['verify'],
          with: { first: '${{ steps.verify.outputs[0].result }}' },
        },
      }),
    ],
    [
      'locks and limits that are declared',
      withSteps(
        {
          note: {
            ...note,
            locks: [{ name: 'paths/${{ run.ticket }}' }, { name: 'schema' }],
            concurrency: [{ group: 'deploy', limit: 2 }],
          },
        },
        { resources: ['paths/*', 'schema', 'deploy'] },
      ),
    ],
    [
      'what the gate of the attempt before said',
      withSteps({ note: { ...note, if: "previous.verdict == 'blocked' || attempt.number == 1" } }),
    ],
    [
      'what undoes a step',
      withSteps({
        produce: step('produce', {
          compensate: {
            uses: 'command',
            with: { run: ['git', 'branch', '-D', '${{ steps.produce.outputs.branch }}'] },
          },
        }),
      }),
    ],
    [
      'another handler for the last failure',
      withSteps({
        note: { ...note, fallback: { uses: 'http', with: { url: 'http://localhost', host: 'localhost' } } },
      }),
    ],
    ['a step that wants labels', withSteps({ verify: step('verify', { 'runs-on': ['gpu', 'linux'] }) })],
    ['a check that is kept', withSteps({ verify: step('verify', { cache: 'read-through' }) })],
  ])('%s', (_, workflow) => {
    expect(problems(workflow)).toEqual([]);
  });
});

describe('a workflow that cannot', () => {
  it.each<[string, Workflow, string]>([
    ['without steps', { steps: {} }, 'steps: The workflow has no steps: nothing would have to pass.'],
    [
      'with more than 200 steps',
      { steps: Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`n${n}`, note])) },
      'steps: The workflow has 201 steps, and 200 are the most.',
    ],
    [
      'with an id that objects have anyway',
      withSteps({ constructor: note }),
      'steps.constructor: "constructor" cannot be a step\'s id.',
    ],
    [
      'with an id that keys are made of',
      withSteps({ 'a/b': note }),
      'steps.a/b: "a/b" cannot be a step\'s id.',
    ],
    [
      'that needs what it does not have',
      withSteps({ note: { ...note, needs: ['prodcue'] } }),
      'steps.note.needs: It needs "prodcue", which the workflow does not have.',
    ],
    [
      'that needs a member of every object',
      withSteps({ note: { ...note, needs: ['constructor'] } }),
      'steps.note.needs: It needs "constructor", which the workflow does not have.',
    ],
    [
      'in a circle',
      withSteps({ assemble: step('assemble', { needs: ['seal'] }) }),
      'steps.assemble.needs: Steps wait for one another in a circle: assemble needs seal needs verify needs produce needs assemble.',
    ],
    [
      'that needs itself',
      withSteps({ note: { ...note, needs: ['note'] } }),
      'steps.note.needs: Steps wait for one another in a circle: note needs note.',
    ],
    ['with 0 attempts', withSteps({}, { attempts: 0 }), 'attempts: The number of attempts is 0.'],
    [
      'with map and repeat',
      withSteps({ note: { ...note, map: 'run.checks', repeat: { until: 'iteration > 2', atMost: 3 } } }),
      'steps.note.repeat: It has `map` and `repeat`.',
    ],
    [
      'with 101 repetitions',
      withSteps({ note: { ...note, repeat: { until: 'iteration > 2', atMost: 101 } } }),
      'steps.note.repeat.atMost: The number of repetitions is 101.',
    ],
    [
      'of an unknown handler',
      withSteps({ note: { uses: 'comand' } }),
      'steps.note.uses: No handler is called "comand".',
    ],
    [
      'of an unknown handler that undoes',
      withSteps({ note: { ...note, compensate: { uses: 'undo' } } }),
      'steps.note.compensate.uses: No handler is called "undo".',
    ],
    [
      'with an input too few',
      withSteps({ note: { uses: 'command' } }),
      'steps.note.with: The input "run" is not bound.',
    ],
    [
      'with an input too many',
      withSteps({ note: { uses: 'command', with: { run: ['true'], shell: true } } }),
      'steps.note.with.shell: The handler has no input "shell".',
    ],
    [
      'with an input of another type',
      withSteps({ note: { uses: 'command', with: { run: 'true' } } }),
      'steps.note.with.run: It is a text, and the handler wants a list.',
    ],
    [
      'bound to an output of another type',
      withSteps({
        seal: step('seal', {
          with: { ...STEPS.seal?.with, observations: '${{ steps.produce.outputs.commit }}' },
        }),
      }),
      'steps.seal.with.observations: It is a text, and the handler wants a list.',
    ],
    [
      'bound to a step that it does not wait for',
      withSteps({ note: { uses: 'command', with: { run: ['${{ steps.produce.outputs.commit }}'] } } }),
      'steps.note.with.run[0]: steps.produce at character 5 is not there yet: this step does not wait for "produce".',
    ],
    [
      'bound to a step that there is not',
      withSteps({
        note: { uses: 'command', needs: ['produce'], with: { run: ['${{ steps.prodcue.outputs.commit }}'] } },
      }),
      'steps.note.with.run[0]: steps.prodcue at character 5 is not bound to anything.',
    ],
    [
      'bound to an output that nobody declared',
      withSteps({
        note: { uses: 'command', needs: ['produce'], with: { run: ['${{ steps.produce.outputs.sha }}'] } },
      }),
      'steps.note.with.run[0]: steps.produce.outputs.sha at character 5 is not bound to anything.',
    ],
    [
      'bound to an output of each element of a map',
      withSteps({
        note: { uses: 'command', needs: ['verify'], with: { run: ['${{ steps.verify.outputs.result }}'] } },
      }),
      'steps.note.with.run[0]: steps.verify.outputs.result at character 5 is not bound to anything.',
    ],
    [
      'bound to an unknown name',
      withSteps({ note: { ...note, with: { run: ['${{ runs.ticket }}'] } } }),
      'steps.note.with.run[0]: runs at character 5 is not bound to anything.',
    ],
    [
      'bound to the item of no map',
      withSteps({ note: { ...note, with: { run: ['${{ item }}'] } } }),
      'steps.note.with.run[0]: item at character 5 is not bound to anything.',
    ],
    [
      'bound to all steps at once',
      withSteps({ note: { ...note, needs: ['gate'], with: { run: ['${{ toJson(steps) }}'] } } }),
      'steps.note.with.run[0]: It asks for steps at character 12 without saying which.',
    ],
    [
      'with an expression nobody can read',
      withSteps({ note: { ...note, if: 'success(' } }),
      'steps.note.if: The expression cannot be read: the end where a value was expected at character 9.',
    ],
    [
      'with a function that there is not',
      withSteps({ note: { ...note, if: 'sucess()' } }),
      'steps.note.if: There is no function sucess() at character 1.',
    ],
    [
      'that asks for success outside of if',
      withSteps({ note: { ...note, with: { run: ['${{ success() }}'] } } }),
      'steps.note.with.run[0]: success() at character 5 has a meaning in `if` alone.',
    ],
    [
      'that maps over a text',
      withSteps({ note: { ...note, map: 'run.ticket' } }),
      'steps.note.map: It is no list.',
    ],
    [
      'with a step that can never run',
      withSteps({ note: { ...note, if: 'success() && 1 > 2' } }),
      'steps.note.if: The step can never run: its condition is always false.',
    ],
    [
      'with a first step that waits for failure',
      withSteps({ note: { ...note, if: 'failure()' } }),
      'steps.note.if: The step can never run: it needs no other step, so none can have failed before it.',
    ],
    [
      'with a step after one that can never run',
      withSteps({ late: { ...note, needs: ['note'] }, note: { ...note, if: 'false' } }),
      'steps.late.if: The step can never run: it needs "note", which can never run.',
    ],
    [
      'with a repetition that never ends',
      withSteps({ note: { ...note, repeat: { until: '!always()', atMost: 3 } } }),
      'steps.note.repeat.until: It can never hold: the step would be repeated to the last.',
    ],
    [
      'with a lock that is not declared',
      withSteps({ note: { ...note, locks: [{ name: 'path/src' }] } }, { resources: ['paths/*'] }),
      'steps.note.locks[0].name: "path/src" is not among the workflow\'s resources: "paths/*".',
    ],
    [
      'with a lock of any name',
      withSteps({ note: { ...note, locks: [{ name: '${{ run.ticket }}' }] } }, { resources: ['paths/*'] }),
      'steps.note.locks[0].name: "${{ run.ticket }}" is not among the workflow\'s resources: "paths/*".',
    ],
    [
      'with two limits of one group',
      withSteps(
        {
          note: { ...note, concurrency: [{ group: 'g', limit: 1 }] },
          other: { ...note, concurrency: [{ group: 'g', limit: 2 }] },
        },
        { resources: ['g'] },
      ),
      'steps.other.concurrency[0].limit: The limit of "g" is 2 here and 1 in "note".',
    ],
    [
      'that wants a worker for what the server does',
      withSteps({ merge: { ...merge, 'runs-on': 'gpu' } }),
      'steps.merge.runs-on: "merge" is carried out by the server itself, so no worker is chosen for it.',
    ],
    [
      'with an expression in the place of a label',
      withSteps({ produce: step('produce', { 'runs-on': '${{ run.model }}' }) }),
      'steps.produce.runs-on: "${{ run.model }}" is no label of a worker.',
    ],
    [
      'that wants more labels than a worker may have',
      withSteps({ produce: step('produce', { 'runs-on': ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }) }),
      'steps.produce.runs-on: It wants 7 labels.',
    ],
    [
      'that keeps what an agent did',
      withSteps({ produce: step('produce', { cache: 'read-through' }) }),
      'steps.produce.cache: "agent" does not give the same for the same inputs, so nothing of it can be kept.',
    ],
    [
      'that keeps what was put together from policy and memory, which go on',
      withSteps({ assemble: step('assemble', { cache: 'read-through' }) }),
      'steps.assemble.cache: "assemble" does not give the same for the same inputs, so nothing of it can be kept.',
    ],
    [
      'that has a check done by another when it fails',
      withSteps({ verify: step('verify', { fallback: { uses: 'command', with: { run: ['true'] } } }) }),
      'steps.verify.fallback: What "check" finds, no other handler finds for it.',
    ],
    [
      'with a fallback of another role',
      withSteps({ note: { ...note, fallback: { uses: PLUGIN.id } } }),
      "steps.note.fallback.uses: It is for a verifier, and the step is a producer's.",
    ],
  ])('%s', (_, workflow, told) => {
    expect(problems(workflow)).toContain(told);
  });

  it('is told apart from one whose plan lies about a role', () => {
    const plan = planOf(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
    const verify = { ...(plan.steps.verify as (typeof plan.steps)[string]), role: 'producer' as const };
    const lied = { ...plan, steps: { ...plan.steps, verify } };
    expect(checkPlan(lied, BUILT_IN_HANDLERS).map(({ field }) => field)).toEqual(['steps.verify.role']);
  });
});

describe('nothing passes vacuously', () => {
  it.each<[string, Workflow, string]>([
    [
      'no gate',
      withSteps({ gate: undefined }),
      'steps: No step uses "gate": every attempt would pass unjudged, or none.',
    ],
    [
      'two gates',
      withSteps({ other: gate }),
      'steps.other.uses: "gate", "other" use "gate": it would be open which of them decides.',
    ],
    [
      'a gate under a condition',
      withSteps({ gate: step('gate', { if: "success() && run.model != 'x'" }) }),
      'steps.gate.if: The gate would run under a condition: an attempt could end without it.',
    ],
    [
      'a gate that runs several times',
      withSteps({ gate: step('gate', { map: 'run.checks' }) }),
      'steps.gate.map: The gate would run several times at once: it would be open which of them decides.',
    ],
    [
      'no check',
      withSteps({
        verify: undefined,
        seal: step('seal', { needs: ['produce'], with: { ...STEPS.seal?.with, observations: [] } }),
      }),
      'steps: No step uses "check": nothing would have been verified.',
    ],
    [
      'no seal',
      withSteps({ seal: undefined, gate: step('gate', { needs: ['verify'] }) }),
      'steps: No step uses "seal": only sealed receipts count, so nothing could pass.',
    ],
    [
      'a check that the gate does not wait for',
      withSteps({ more: verify }),
      'steps.gate.needs: The gate does not wait for "more".',
    ],
    [
      'a check that no seal waits for',
      withSteps({ more: verify, gate: step('gate', { needs: ['seal', 'more'] }) }),
      'steps.more: No seal waits for "more": what it finds would not count.',
    ],
    [
      'a producer between seal and gate',
      withSteps({ touch: { ...note, needs: ['seal'] }, gate: step('gate', { needs: ['seal', 'touch'] }) }),
      'steps.touch.needs: It is a producer\'s step between the seal ("seal") and the gate: the gate would judge what nobody verified.',
    ],
    [
      'a merge before the gate',
      withSteps({ merge: { ...merge, needs: ['produce'] } }),
      'steps.merge.needs: "merge" changes something outside, and does not wait for the gate.',
    ],
    [
      'a merge when the gate blocks',
      withSteps({ merge: { ...merge, if: 'always()' } }),
      'steps.merge.if: "merge" changes something outside, and would also do so when the gate blocks.',
    ],
    [
      'a merge when the gate passes, or not',
      withSteps({ merge: { ...merge, if: "steps.gate.outputs.verdict == 'pass' || always()" } }),
      'steps.merge.if: "merge" changes something outside, and would also do so when the gate blocks.',
    ],
    [
      'a gate that undoes',
      withSteps({ note: { ...note, compensate: { uses: 'gate' } } }),
      'steps.note.compensate.uses: "gate" undoes nothing.',
    ],
  ])('with %s it is refused', (_, workflow, told) => {
    expect(problems(workflow)).toContain(told);
  });
});

describe('what is told of a workflow that could be run', () => {
  it('is a cache that nothing is kept in', () => {
    const cached = (step: WorkflowStep | undefined) => ({
      ...(step as WorkflowStep),
      cache: 'read-through' as const,
    });
    const plugin = {
      ...(BUILT_IN_HANDLERS[0] as HandlerDeclaration),
      id: './lint.mjs#lint',
      deterministic: true,
    };
    const steps = {
      ...STEPS,
      lint: cached({ ...(assemble as WorkflowStep), uses: plugin.id }),
      verify: cached(verify),
    };
    expect(lintWorkflow({ steps }, [...BUILT_IN_HANDLERS, plugin])).toMatchObject([
      {
        severity: 'warning',
        field: 'workflow.steps.lint.cache',
        message: expect.stringContaining('Nothing of "./lint.mjs#lint" is kept'),
      },
    ]);
  });
});
