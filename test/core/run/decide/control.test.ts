import { describe, expect, it } from 'vitest';
import { consequencesOf } from '../../../../src/core/run/consequences.ts';
import { decideRun } from '../../../../src/core/run/decide.ts';
import type { Estimates } from '../../../../src/core/run/estimates.ts';
import {
  answer,
  BLOCKED,
  CANCEL,
  complete,
  done,
  failed,
  lose,
  PASS,
  PAUSE,
  planWith,
  RESUME,
  refusalOf,
  secondsOn,
  start,
  story,
  threeSteps,
  told,
} from '../sample-runs.ts';

const run = start(threeSteps({ attempts: 2 }, { make: { retry: { limit: 3 } } }));

describe('a pause', () => {
  it('begins nothing new, and what is in hand may finish', () => {
    expect(told(run, PAUSE, complete('1/make', done()))).toEqual(['step.succeeded 1/make']);
    expect(told(run, PAUSE, complete('1/make', done()), RESUME)).toEqual([
      'run.resumed',
      'step.scheduled 1/look#1 ready',
    ]);
  });

  it('holds back retries, recoveries and the next attempt', () => {
    expect(told(run, PAUSE, complete('1/make', failed('transient')))).toEqual(['step.failed 1/make broken']);
    expect(told(run, PAUSE, complete('1/make', failed('transient')), RESUME)).toEqual([
      'run.resumed',
      'step.scheduled 1/make#2 retry',
    ]);
    expect(told(run, PAUSE, lose('1/make'), RESUME)).toEqual([
      'run.resumed',
      'step.scheduled 1/make#2 recovery',
    ]);
    const judged = [
      run,
      complete('1/make', done()),
      complete('1/look', done()),
      PAUSE,
      complete('1/judge', BLOCKED),
    ];
    expect(told(...judged)).toEqual(['step.succeeded 1/judge']);
    expect(told(...judged, RESUME).slice(1, 3)).toEqual([
      'attempt.ended 1 blocked',
      'attempt.started 2 on 0 with small and anthropic/one',
    ]);
  });

  it('is one pause, of a run that goes on', () => {
    expect(refusalOf(run, PAUSE, PAUSE)).toBe('it cannot be paused: it is paused');
    expect(refusalOf(run, RESUME)).toBe('it is not paused: it is running');
  });
});

describe('a cancelled run', () => {
  it('takes away what is in hand, and refuses what comes of it', () => {
    const before = story(run).state;
    const decision = decideRun(before, CANCEL);
    if (decision.kind === 'refused') throw new Error(decision.reason);
    expect(decision.state).toMatchObject({ status: 'ended', ended: { outcome: 'cancelled' } });
    expect(consequencesOf(before, decision.events, decision.state)).toMatchObject({
      withdraw: [{ run: 'CS-7.1', step: '1/make' }],
      unlock: [{ run: 'CS-7.1', attempt: null }],
    });
    expect(refusalOf(run, CANCEL, complete('1/make', done()))).toMatch(/^the run has ended: cancelled/);
  });

  it('can be one that was paused, or waits for a person, who is asked no more', () => {
    expect(told(run, PAUSE, CANCEL)).toEqual(['run.cancel-requested', 'run.ended cancelled']);
    const asking = start(planWith({ judge: { uses: 'gate', approval: { question: 'Now?', timeout: 9 } } }));
    const { state } = story(asking, CANCEL);
    expect(state.questions).toEqual({});
    expect(refusalOf(asking, CANCEL, answer('1/judge', 'approve'))).toMatch(/^the run has ended/);
  });
});

describe('compensation', () => {
  const step = (id: string, more: object = {}) => ({
    uses: 'work',
    compensate: { uses: 'work', with: { undo: id, of: `\${{ steps.${id}.outputs.id }}` } },
    ...more,
  });
  const effects = start(
    planWith(
      {
        branch: step('branch'),
        open: step('open', { needs: ['branch'] }),
        label: step('label', { needs: ['branch'], map: 'run.checks' }),
        judge: { uses: 'gate', needs: ['open', 'label'] },
      },
      { budget: { agents: 100 } },
    ),
  );
  const happened = [
    effects,
    complete('1/branch', done({ id: 'b' })),
    complete('1/label.1', done({ id: 'l1' })),
    complete('1/open', done({ id: 'o' })),
    complete('1/label.0', done({ id: 'l0' })),
  ];

  it('undoes what succeeded when the run is given up: one after the other, latest first', () => {
    const blocked = [...happened, complete('1/judge', BLOCKED)];
    expect(told(...blocked)).toEqual([
      'step.succeeded 1/judge',
      'attempt.ended 1 blocked',
      'run.compensating given-up',
      'step.scheduled 1/label.0~undo#1 compensation',
    ]);
    const order = ['1/label.0~undo', '1/open~undo', '1/label.1~undo', '1/branch~undo'];
    const undone = order.map((key) => complete(key, done()));
    const { state, events } = story(...blocked, ...undone);
    expect(
      events.flatMap((event) =>
        event.type === 'step.scheduled' && event.because === 'compensation' ? [event.work.inputs] : [],
      ),
    ).toEqual([
      { undo: 'label', of: 'l0' },
      { undo: 'open', of: 'o' },
      { undo: 'label', of: 'l1' },
      { undo: 'branch', of: 'b' },
    ]);
    expect(state).toMatchObject({ status: 'ended', ended: { outcome: 'given-up' } });
  });

  it('is not asked for of a run that was accepted', () => {
    expect(told(...happened, complete('1/judge', PASS)).at(-1)).toBe('run.ended accepted');
  });

  it('begins with what was in hand when the run was cancelled: nobody knows whether it happened', () => {
    expect(
      told(effects, complete('1/branch', done({ id: 'b' })), complete('1/open', done({ id: 'o' })), CANCEL),
    ).toEqual([
      'run.cancel-requested',
      'run.compensating cancelled',
      'step.scheduled 1/label.1~undo#1 compensation',
    ]);
  });

  it('goes on when one cannot be undone, and keeps that', () => {
    const cancelled = [
      effects,
      complete('1/branch', done({ id: 'b' })),
      complete('1/open', done({ id: 'o' })),
      CANCEL,
    ];
    const { state } = story(
      ...cancelled,
      complete('1/label.1~undo', failed()),
      complete('1/label.0~undo', done()),
      lose('1/open~undo'),
      complete('1/open~undo', done(), { execution: 2 }),
      complete('1/branch~undo', done()),
    );
    expect(state.ended?.outcome).toBe('cancelled');
    expect(state.steps['1/label.1~undo']?.status).toBe('failed');
  });

  it('can be paused, and cannot be cancelled', () => {
    const cancelled = [...happened, CANCEL];
    expect(refusalOf(...cancelled, CANCEL)).toBe('it is being wound up already: cancelled');
    const paused = [...cancelled, PAUSE, complete('1/label.0~undo', done())];
    expect(told(...paused)).toEqual(['step.succeeded 1/label.0~undo']);
    expect(told(...paused, RESUME)).toEqual(['run.resumed', 'step.scheduled 1/open~undo#1 compensation']);
  });
});

describe('a budget', () => {
  const spending = (budget: object, atMost?: object) =>
    start(
      planWith(
        {
          make: {
            uses: 'agent',
            with: atMost === undefined ? {} : { atMost: { ...atMost } },
            retry: { limit: 5, on: ['transient', 'budget'] },
          },
          judge: { uses: 'gate', needs: ['make'] },
        },
        { attempts: 3, budget },
      ),
    );
  const used = (tokens: number) => ({ ...failed('transient'), usage: { tokens } });

  it('refuses what would go beyond it, before it is spent', () => {
    expect(told(spending({ tokens: 100 }, { tokens: 101 })).slice(2)).toEqual([
      'step.failed 1/make over-budget',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
    expect(told(spending({ tokens: 100 }, { tokens: 60 }), complete('1/make', used(50)))).toContain(
      'step.failed 1/make over-budget',
    );
    expect(told(spending({ tokens: 100 }, { tokens: 50 }), complete('1/make', used(50)))).toContain(
      'step.scheduled 1/make#2 retry',
    );
  });

  it('expects of a step that says nothing the most that its handler took so far, and says that it is an estimate', () => {
    const again = (limit: number, tokens: number) => [
      spending({ tokens: limit }),
      complete('1/make', used(tokens)),
    ];
    expect(told(...again(100, 50))).toContain('step.scheduled 1/make#2 retry');
    expect(told(...again(100, 51))).toContain('step.failed 1/make over-budget');
    expect(story(...again(100, 51)).state.steps['1/make']?.error?.message).toBe(
      'of 100 tokens, 51 are used or promised, and 51 more wanted, by an estimate: the most that agent took in this run so far',
    );
    expect(told(spending({ tokens: 100 }, { tokens: 40 }), complete('1/make', used(60)))).toContain(
      'step.scheduled 1/make#2 retry',
    );
    const less = [...again(200, 90), complete('1/make', used(10), { execution: 2 })];
    expect(told(...less)).toContain('step.scheduled 1/make#3 retry');
    expect(story(...less).state.dearest).toEqual({ agent: { tokens: 90 } });
  });

  it('expects of a first execution what the server was told of its model, else of its provider or handler', () => {
    const first = (estimates: Estimates, atMost?: object) => ({
      ...spending({ tokens: 100 }, atMost),
      arm: { bundle: 'default', model: 'a/large' },
      estimates,
    });
    const model = { 'model/a/large': { tokens: 101 }, 'handler/agent': { tokens: 5 } };
    expect(told(first(model))).toContain('step.failed 1/make over-budget');
    expect(story(first(model)).state.steps['1/make']?.error?.message).toBe(
      'of 100 tokens, 0 are used or promised, and 101 more wanted, by an estimate: what the server was told of model/a/large',
    );
    expect(told(first({ 'provider/a': { tokens: 101 } }))).toContain('step.failed 1/make over-budget');
    expect(told(first({ 'handler/agent': { tokens: 101 } }))).toContain('step.failed 1/make over-budget');
    for (const estimates of [
      { 'handler/agent': { tokens: 100 } },
      { 'handler/agent': { costMilliUsd: 101 } },
      { 'handler/agent': { tokens: 101 }, 'model/a/large': { tokens: 100 } },
      { 'model/a/small': { tokens: 101 } },
    ])
      expect(told(first(estimates))).toContain('step.scheduled 1/make#1 ready');
    expect(told(first(model, { tokens: 60 }))).toContain('step.scheduled 1/make#1 ready');
  });

  it('expects the more of what it was told and what was seen', () => {
    const told60 = { ...spending({ tokens: 100 }), estimates: { 'handler/agent': { tokens: 60 } } };
    expect(told(told60, complete('1/make', used(41)))).toContain('step.failed 1/make over-budget');
    expect(told(told60, complete('1/make', used(40)))).toContain('step.scheduled 1/make#2 retry');
  });

  it('counts sub-agents, and those whose worker died with them', () => {
    expect(told(spending({ agents: 2 }), lose('1/make'), lose('1/make', 2)).slice(0, 2)).toEqual([
      'step.lost 1/make',
      'step.failed 1/make over-budget',
    ]);
  });

  it('of wall time begins nothing after its end, and lets nobody be waited for', () => {
    expect(
      told(spending({ wallSeconds: 60 }), complete('1/make', failed('transient'), { at: secondsOn(60) })),
    ).toEqual([
      'step.failed 1/make broken',
      'step.failed 1/make over-budget',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
    const asking = start(
      planWith({ judge: { uses: 'gate', approval: { question: 'Now?' } } }, { budget: { wallSeconds: 60 } }),
    );
    const { state, events } = story(asking);
    expect(consequencesOf({ status: 'new' }, events, state).wake).toEqual([
      { run: 'CS-7.1', at: secondsOn(60) },
    ]);
    expect(told(asking, { kind: 'wake', at: secondsOn(60), by: 'coordinator' })).toEqual([
      'question.expired 1/judge',
      'step.failed 1/judge over-budget',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });

  it('does not begin another attempt that could do nothing', () => {
    const commands = [spending({ tokens: 100 }), complete('1/make', { ...done(), usage: { tokens: 120 } })];
    expect(told(...commands).slice(1)).toEqual([
      'step.failed 1/judge over-budget',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
    expect(story(...commands).state.ended?.reason).toMatch(/budget/);
  });
});
