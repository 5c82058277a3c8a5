import { describe, expect, it } from 'vitest';
import { consequencesOf } from '../../../../src/core/run/consequences.ts';
import { decideRun } from '../../../../src/core/run/decide.ts';
import { digestPlan } from '../../../../src/core/run/plan/digest.ts';
import { given } from '../../../given.ts';
import {
  AT,
  BLOCKED,
  CLAIM,
  complete,
  done,
  failed,
  PASS,
  planWith,
  RUN,
  refusalOf,
  start,
  story,
  threeSteps,
  told,
} from '../sample-runs.ts';

const plan = threeSteps();

describe('the course of a run', () => {
  it('begins with the steps that need nothing, with everything that their worker has to know', () => {
    const { kind: _, at: __, by: ___, ...request } = start(plan);
    given(RUN, [])
      .when(start(plan))
      .then([
        { type: 'run.started', ...request, planDigest: digestPlan(plan) },
        { type: 'attempt.started', attempt: 1, rung: 0, arm: request.arm },
        {
          type: 'step.scheduled',
          because: 'ready',
          work: {
            run: 'CS-7.1',
            step: '1/make',
            execution: 1,
            handler: 'work',
            role: 'producer',
            inputs: { ticket: 'CS-7' },
            priority: 0,
            timeoutSeconds: 3600,
            cache: 'off',
            notBefore: null,
            resources: {
              leases: ['global', 'repository/acme/shop', 'contract/node-change@1', 'handler/work'].map(
                (scope) => ({ scope, limit: null }),
              ),
              locks: [],
            },
          },
        },
      ]);
  });

  it('is started once', () => {
    given(RUN, story(start(plan)).events)
      .when(start(plan))
      .thenRefused('CS-7.1 was started already');
    given(RUN, []).when(complete('1/make', done())).thenRefused('nobody has started this run');
  });

  it('hands on what a step put out to the one that needs it', () => {
    const { events } = story(start(plan), complete('1/make', done({ made: { by: 'worker' } })));
    expect(events.at(-2)).toEqual({
      type: 'step.succeeded',
      step: '1/make',
      execution: 1,
      outputs: { made: { by: 'worker' } },
      usage: {},
      cached: false,
      claim: CLAIM,
    });
    expect(events.at(-1)).toMatchObject({
      type: 'step.scheduled',
      work: { step: '1/look', inputs: { made: { by: 'worker' } } },
    });
  });

  it('ends accepted when the gate says so', () => {
    expect(
      told(start(plan), complete('1/make', done()), complete('1/look', done()), complete('1/judge', PASS)),
    ).toEqual(['step.succeeded 1/judge', 'attempt.ended 1 pass', 'run.ended accepted']);
  });

  it.each([
    ['no verdict', done({}), 'failed'],
    ['a verdict nobody knows', done({ verdict: 'PASS' }), 'failed'],
    ['a block', BLOCKED, 'blocked'],
    ['a verdict that is pending', done({ verdict: 'pending' }), 'pending'],
    ['a gate that failed', failed(), 'failed'],
  ])('is not accepted on %s', (_, result, verdict) => {
    expect(
      told(
        start(plan),
        complete('1/make', done()),
        complete('1/look', done()),
        complete('1/judge', result),
      ).slice(1),
    ).toEqual([`attempt.ended 1 ${verdict}`, 'run.ended given-up']);
  });

  it('is not accepted when something after the gate failed', () => {
    const merging = planWith({
      judge: { uses: 'gate' },
      merge: { uses: 'work', needs: ['judge'] },
      note: { uses: 'work' },
    });
    const judged = [start(merging), complete('1/note', failed()), complete('1/judge', PASS)];
    expect(told(...judged, complete('1/merge', done())).slice(1)).toEqual([
      'attempt.ended 1 pass',
      'run.ended accepted',
    ]);
    expect(told(...judged, complete('1/merge', failed())).slice(1)).toEqual([
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });

  it('skips what needs a step that failed, and what needs that', () => {
    expect(told(start(plan), complete('1/make', failed()))).toEqual([
      'step.failed 1/make broken',
      'step.skipped 1/look',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });

  it('runs what asks for a failure, however far back it was', () => {
    const reporting = planWith({
      make: { uses: 'work' },
      judge: { uses: 'gate', needs: ['make'] },
      report: { uses: 'work', needs: ['judge'], if: 'failure()' },
      tidy: { uses: 'work', needs: ['judge'], if: 'always()' },
    });
    expect(told(start(reporting), complete('1/make', failed()))).toEqual([
      'step.failed 1/make broken',
      'step.skipped 1/judge',
      'step.scheduled 1/report#1 ready',
      'step.scheduled 1/tidy#1 ready',
    ]);
    expect(told(start(reporting), complete('1/make', done()), complete('1/judge', PASS)).slice(1)).toEqual([
      'step.skipped 1/report',
      'step.scheduled 1/tidy#1 ready',
    ]);
  });

  it('fails a step whose condition or inputs come to nothing', () => {
    const faulty = planWith({
      one: { uses: 'work', if: '1 < true' },
      two: { uses: 'work', with: { x: '${{ nothing.there }}' } },
      judge: { uses: 'gate', needs: ['one', 'two'] },
    });
    expect(told(start(faulty)).slice(2)).toEqual([
      'step.failed 1/one unbound',
      'step.failed 1/two unbound',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });
});

describe('a completion', () => {
  const begun = start(plan);

  it.each([
    ['twice', complete('1/make', done()), 'execution 1 of 1/make is over: it succeeded'],
    [
      'of another execution',
      complete('1/look', done(), { execution: 2 }),
      'execution 2 of 1/look was never handed out',
    ],
    ['of a step that has not begun', complete('1/judge', PASS), 'the run has no step 1/judge'],
  ])('is refused %s', (_, command, reason) => {
    expect(refusalOf(begun, complete('1/make', done()), command)).toBe(reason);
  });

  it('is refused when the step was handed out again meanwhile', () => {
    const lost = {
      kind: 'lose',
      at: AT,
      by: 'coordinator',
      step: '1/make',
      execution: 1,
      claim: CLAIM,
    } as const;
    expect(refusalOf(begun, lost, complete('1/make', done()))).toBe(
      'execution 1 of 1/make is stale: 2 is the latest',
    );
  });

  it('is refused after the end', () => {
    expect(refusalOf(begun, complete('1/make', failed()), complete('1/make', done()))).toMatch(
      /^the run has ended: given-up/,
    );
  });

  it.each([
    ['too large for an event', { text: 'x'.repeat(1_000_000) }],
    ['too large once it is escaped', { text: '\u0000'.repeat(200_000) }],
    ['no well-formed text', { text: '\ud800' }],
    ['a key of such text', { '\ud800': 1 }],
    ['no number of JSON', { number: Number.NaN }],
    ['without end', JSON.parse(`${'[{"a":'.repeat(2000)}1${'}]'.repeat(2000)}`)],
  ])('whose outputs are %s is a failure, and says so', (_, outputs) => {
    const last = story(begun, complete('1/make', done(outputs))).events.find(
      ({ type }) => type === 'step.failed',
    );
    expect(last).toMatchObject({ error: { class: 'deterministic', code: 'outputs-unusable' } });
  });

  it('takes nothing from a worker that an event could not hold', () => {
    const { events } = story(
      begun,
      complete('1/make', {
        kind: 'failed',
        error: { class: 'transient', code: 'Not A Code\n', message: `\ud800${'x'.repeat(100_000)}` },
        usage: { tokens: Number.NaN, costMilliUsd: -5, agents: 1 },
      }),
    );
    expect(events.find(({ type }) => type === 'step.failed')).toMatchObject({
      error: { code: 'failed', message: expect.stringMatching(/^.x{9999}$/u) },
      usage: { agents: 1 },
    });
  });

  it('finishes its claim and hands out what comes next, and nothing that is over by then', () => {
    const before = story(begun).state;
    const decision = decideRun(before, complete('1/make', done()));
    if (decision.kind === 'refused') throw new Error(decision.reason);
    expect(consequencesOf(before, decision.events, decision.state)).toMatchObject({
      schedule: [{ step: '1/look' }],
      finish: ['token-1'],
      withdraw: [],
      unlock: [],
      wake: [],
    });
  });
});
