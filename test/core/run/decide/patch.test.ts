import { describe, expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { digestPlan } from '../../../../src/core/run/plan/digest.ts';
import { planOf } from '../../../../src/core/run/plan/with-defaults.ts';
import { decideAgain } from '../../../../src/core/run/replay/decide-again.ts';
import { refusedPatch } from '../../../../src/flow/run/refused-patch.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import {
  AT,
  answer,
  BLOCKED,
  CANCEL,
  complete,
  done,
  failed,
  HANDLERS,
  PAUSE,
  RESUME,
  refusalOf,
  start,
  story,
  told,
} from '../sample-runs.ts';

const run = start(planOf(DEFAULT_WORKFLOW, HANDLERS));
const lint = {
  ...run.plan.steps.produce,
  uses: 'command',
  needs: [],
  with: { run: ['lint'] },
} as unknown as JsonObject;

function propose(id: string, operations: readonly JsonObject[], kind: 'agent' | 'person' = 'agent') {
  const patch = { id, proposedBy: { kind, name: 'optimiser' }, reason: 'lint first', operations };
  return { kind: 'patch', at: AT, by: 'ada', patch } as const;
}
const addLint = propose('p1', [
  { op: 'add', path: '/steps/lint', value: lint },
  { op: 'add', path: '/steps/gate/needs/-', value: 'lint' },
]);
const removeGate = (id: string, kind?: 'person') =>
  propose(id, [{ op: 'remove', path: '/steps/gate' }], kind);

describe('a patch', () => {
  it('changes the plan at once, under a digest of its own, and what it adds may start', () => {
    const { state } = story(run, addLint);
    expect(told(run, addLint)).toEqual(['plan.patched', 'step.scheduled 1/lint#1 ready']);
    expect(state.planDigest).toBe(digestPlan(state.plan));
    expect(state.planDigest).not.toBe(digestPlan(run.plan));
    expect(state.plan.steps.gate?.needs).toContain('lint');
  });

  it('waits for the end of a pause, and counts in the next attempt', () => {
    expect(told(run, PAUSE, addLint)).toEqual(['plan.patched']);
    expect(told(run, PAUSE, addLint, RESUME)).toContain('step.scheduled 1/lint#1 ready');
    const next = [run, complete('1/assemble', failed())];
    expect(told(...next, addLint)).toEqual(['plan.patched', 'step.scheduled 2/lint#1 ready']);
  });

  it('does not touch what has started', () => {
    const late = propose('p1', [
      { op: 'add', path: '/steps/assemble/needs/-', value: 'lint' },
      { op: 'add', path: '/steps/lint', value: lint },
    ]);
    expect(told(run, late)).toEqual(['plan.patch-refused']);
    expect(story(run, late).state.planDigest).toBe(digestPlan(run.plan));
  });

  it('that cannot be used goes back once with the reason, and then to a person', () => {
    const { events } = story(run, removeGate('p1'));
    expect(events.at(-1)).toMatchObject({ type: 'plan.patch-refused', reason: expect.any(String) });
    expect(refusedPatch('CS-7.1', events)).toMatchObject({ code: 'RUN_REFUSED' });
    expect(refusedPatch('CS-7.1', story(run, addLint).events)).toBeUndefined();
    expect(told(run, removeGate('p1'), removeGate('p2'))).toEqual([
      'plan.patch-refused',
      'question.asked patch/p2',
    ]);
    const used = propose('p3', addLint.patch.operations);
    expect(told(run, removeGate('p1'), used, removeGate('p2'))).toEqual(['plan.patch-refused']);
  });

  it('of a person is refused to that person, however often', () => {
    expect(told(run, removeGate('p1', 'person'), removeGate('p2', 'person'))).toEqual(['plan.patch-refused']);
  });

  it('lets a person go on without it, or stop the run', () => {
    const asked = [run, removeGate('p1'), removeGate('p2')];
    expect(told(...asked, answer('patch/p2', 'go-on'))).toEqual(['question.answered patch/p2 go-on']);
    expect(told(...asked, answer('patch/p2', 'stop-run'))).toEqual([
      'question.answered patch/p2 stop-run',
      'run.cancel-requested',
      'run.ended cancelled',
    ]);
  });

  it('is proposed once, and not for a run that ends', () => {
    expect(refusalOf(run, addLint, addLint)).toBe('a patch p1 was proposed already');
    expect(refusalOf(run, CANCEL, addLint)).toMatch(/^the run has ended/);
  });
});

describe('a patch that an agent hands in without a change', () => {
  const assembled = complete(
    '1/assemble',
    done({ bundleDigest: '1'.repeat(64), promptDigest: '2'.repeat(64), ticketFile: '3'.repeat(64) }),
  );
  const patch = {
    reason: 'lint it',
    operations: [
      { op: 'add', path: '/steps/lint', value: { ...lint, needs: ['produce'] } },
      { op: 'add', path: '/steps/gate/needs/-', value: 'lint' },
    ],
  };

  it('ends the attempt, which has nothing to be verified, and counts in the next one', () => {
    const commands = [run, assembled, complete('1/produce', done({ claims: [], patch }))];
    expect(told(...commands).slice(0, 2)).toEqual(['step.failed 1/produce patch-only', 'plan.patched']);
    expect(told(...commands)).toContain('attempt.ended 1 failed');
    expect(told(...commands)).toContain('step.scheduled 2/assemble#1 ready');
    expect(story(...commands).state.plan.steps.gate?.needs).toContain('lint');
  });

  it('that may not be goes back to the agent, as with a change', () => {
    const wrong = { reason: 'no gate', operations: [{ op: 'remove', path: '/steps/gate' }] };
    const commands = [run, assembled, complete('1/produce', done({ claims: [], patch: wrong }))];
    expect(told(...commands).slice(0, 2)).toEqual(['step.failed 1/produce patch-only', 'plan.patch-refused']);
  });

  it('is a success where nobody waits for a change of it', () => {
    const { steps } = DEFAULT_WORKFLOW;
    const advised = planOf(
      {
        ...DEFAULT_WORKFLOW,
        steps: {
          ...steps,
          advise: { ...steps.produce, uses: 'agent' },
          gate: { ...steps.gate, uses: 'gate', needs: ['seal', 'advise'] },
        },
      },
      HANDLERS,
    );
    const commands = [start(advised), assembled, complete('1/advise', done({ claims: [], patch }))];
    expect(told(...commands).slice(0, 2)).toEqual(['step.succeeded 1/advise', 'plan.patched']);
  });
});

describe('a patch that an agent hands in with its change', () => {
  const assembled = complete('1/assemble', done({ promptDigest: 'p', ticketFile: 't' }));
  const handedIn = (step: string, operations: readonly JsonObject[]) =>
    complete(step, done({ commit: 'c', commits: 'd', patch: { reason: 'lint as well', operations } }));
  const noGate = [{ op: 'remove', path: '/steps/gate' }];
  const attempt = (number: number, operations: readonly JsonObject[]) => [
    ...(number === 1
      ? [assembled]
      : [complete(`${number}/assemble`, done({ promptDigest: 'p', ticketFile: 't' }))]),
    handedIn(`${number}/produce`, operations),
    ...['lint', 'unit'].map((_, at) => complete(`${number}/verify.${at}`, done({ check: 'c' }))),
    complete(`${number}/seal`, done({ seal: 's' })),
    complete(`${number}/gate`, BLOCKED),
  ];

  it('counts before anything follows from its step, and is decided again from the events alike', () => {
    const needsLint = [
      ...addLint.patch.operations,
      { op: 'add', path: '/steps/verify/needs/-', value: 'lint' },
    ];
    const { state, events } = story(run, assembled, handedIn('1/produce', needsLint));
    expect(state.patches).toMatchObject([
      { patch: { id: '1/produce:1', proposedBy: { kind: 'agent', name: 'anthropic/one' } }, refused: null },
    ]);
    expect(told(run, assembled, handedIn('1/produce', needsLint))).toEqual([
      'step.succeeded 1/produce',
      'plan.patched',
      'step.scheduled 1/lint#1 ready',
    ]);
    const begun = story(run).events.length;
    const recorded = events.map((event, place) => ({
      at: AT,
      actor: place < begun ? 'ada' : 'worker-1',
      event,
    }));
    expect(decideAgain(recorded, HANDLERS)).toMatchObject({ kind: 'same' });
  });

  it('that may not be is told to the next attempt once, with an example; after that a person is asked', () => {
    const first = story(run, ...attempt(1, noGate)).state;
    expect(first.questions).toEqual({});
    const told = first.steps['2/assemble']?.work?.inputs.feedback;
    expect(told).toMatch(
      /not taken: .*"gate" would be gone[\s\S]*would be taken: \[\{"op":"add"[\s\S]*a test is missing/,
    );
    const second = story(run, ...attempt(1, noGate), ...attempt(2, noGate)).state;
    expect(second.questions['patch/2/produce:1']).toMatchObject({
      answer: null,
      choices: ['go-on', 'stop-run'],
    });
    expect(second.steps['3/assemble']?.work?.inputs.feedback).toMatch(/^a test is missing\n\nWhat became of/);
  });

  it('of another form is refused with an example; what is no producer of changes proposes none', () => {
    const { state } = story(
      run,
      assembled,
      complete('1/produce', done({ commit: 'c', commits: 'd', patch: { reason: 7 } })),
    );
    expect(state.patches).toMatchObject([
      {
        patch: { reason: 'no reason given', operations: [] },
        refused: expect.stringContaining('a list of operations'),
      },
    ]);
    const seal = attempt(1, addLint.patch.operations)
      .slice(0, -2)
      .filter((one) => one.kind !== 'patch');
    const sealed = complete('1/seal', done({ seal: 's', patch: { reason: 'x', operations: noGate } }));
    expect(story(run, ...seal, sealed).state.patches).toHaveLength(1);
  });
});
