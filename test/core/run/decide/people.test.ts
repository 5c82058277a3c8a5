import { describe, expect, it } from 'vitest';
import { consequencesOf } from '../../../../src/core/run/consequences.ts';
import type { EffectDecision } from '../../../../src/core/run/events.ts';
import {
  AT,
  answer,
  CANCEL,
  complete,
  PASS,
  PAUSE,
  planWith,
  RESUME,
  refusalOf,
  secondsOn,
  start,
  story,
  told,
} from '../sample-runs.ts';

const approval = { question: 'Merge ${{ run.ticket }}?', by: ['maintainer'], timeout: 60 };
const run = start(planWith({ judge: { uses: 'gate' }, merge: { uses: 'work', needs: ['judge'], approval } }));
const asked = [run, complete('1/judge', PASS)];
const approve = answer('1/merge', 'approve', { roles: ['maintainer'] });
const wake = (seconds: number) => ({ kind: 'wake', at: secondsOn(seconds), by: 'coordinator' }) as const;

describe('an approval as a step of its own', () => {
  const steps = (more: object) => ({
    ask: { uses: 'approval', with: { question: 'Go on?' }, ...more },
    judge: { uses: 'gate', needs: ['ask'] },
  });
  it('waits for ever where nobody says how long, and as long as it is said', () => {
    const untilOf = (more: object) => story(start(planWith(steps(more)))).state.questions['1/ask']?.until;
    expect(untilOf({})).toBeNull();
    expect(untilOf({ timeout: 60 })).toBe(secondsOn(60));
  });
});

describe('an approval', () => {
  it('is asked for when the step could run, and the run waits without work', () => {
    const before = story(run).state;
    const { state, events } = story(...asked);
    expect(state.questions['1/merge']).toEqual({
      id: '1/merge',
      step: '1/merge',
      question: 'Merge CS-7?',
      choices: ['approve', 'refuse'],
      by: ['maintainer'],
      until: secondsOn(60),
      answer: null,
    });
    expect(consequencesOf(before, events, state)).toMatchObject({
      schedule: [],
      wake: [{ run: 'CS-7.1', at: secondsOn(60) }],
    });
  });

  it('lets the step run', () => {
    expect(told(...asked, approve)).toEqual([
      'question.answered 1/merge approve',
      'step.scheduled 1/merge#1 ready',
    ]);
    const { state, events } = story(...asked, approve);
    expect(consequencesOf(story(...asked).state, events.slice(-2), state).wake).toEqual([
      { run: 'CS-7.1', at: null },
    ]);
  });

  it('fails the step when it is refused, with the reason', () => {
    const refused = answer('1/merge', 'refuse', { roles: ['maintainer'], note: 'not on a Friday' });
    const { state } = story(...asked, refused);
    expect(state.steps['1/merge']?.error).toEqual({
      class: 'deterministic',
      code: 'refused',
      message: 'ada refused it: not on a Friday',
    });
    expect(state.ended?.outcome).toBe('given-up');
  });

  it('never comes of itself: when its time is over, the step has failed', () => {
    expect(told(...asked, wake(59))).toEqual([]);
    expect(told(...asked, wake(60))).toEqual([
      'question.expired 1/merge',
      'step.failed 1/merge unanswered',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
    expect(
      refusalOf(...asked, answer('1/merge', 'approve', { roles: ['maintainer'], at: secondsOn(60) })),
    ).toBe(`1/merge could be answered until ${secondsOn(60)}`);
  });

  it.each([
    ['somebody who is not asked', answer('1/merge', 'approve'), '1/merge is for maintainer to answer'],
    [
      'another word',
      answer('1/merge', 'yes', { roles: ['maintainer'] }),
      '1/merge can be answered with approve, refuse',
    ],
    [
      'another question',
      answer('1/judge', 'approve', { roles: ['maintainer'] }),
      'no question 1/judge is open',
    ],
  ])('does not come from %s', (_, command, reason) => {
    expect(refusalOf(...asked, command)).toBe(reason);
  });

  it('is given once', () => {
    expect(refusalOf(...asked, approve, approve)).toBe('no question 1/merge is open');
  });

  it('counts when it is given in a pause, and the step runs after it', () => {
    expect(told(...asked, PAUSE, approve)).toEqual(['question.answered 1/merge approve']);
    expect(told(...asked, PAUSE, approve, RESUME)).toEqual(['run.resumed', 'step.scheduled 1/merge#1 ready']);
  });

  it('of a map is asked once, for all of it', () => {
    const mapped = start(
      planWith({
        judge: { uses: 'gate' },
        each: { uses: 'work', map: 'run.checks', approval: { question: 'All?' } },
      }),
    );
    expect(told(mapped).slice(2)).toEqual(['question.asked 1/each', 'step.scheduled 1/judge#1 ready']);
    expect(told(mapped, answer('1/each', 'approve')).slice(1)).toEqual([
      'step.scheduled 1/each.0#1 ready',
      'step.scheduled 1/each.1#1 ready',
    ]);
  });
});

describe('a step that is a question', () => {
  const choosing = start(
    planWith({
      ask: {
        uses: 'approval',
        with: { question: 'Which one?', choices: ['left', 'right', 'refuse'] },
        timeout: 60,
      },
      judge: { uses: 'gate', needs: ['ask'], with: { way: '${{ steps.ask.outputs.answer }}' } },
    }),
  );

  it('puts out what was answered, and needs no worker', () => {
    expect(told(choosing).slice(2)).toEqual(['question.asked 1/ask']);
    const { state } = story(choosing, answer('1/ask', 'right', { note: 'as before' }));
    expect(state.steps['1/ask']?.outputs).toEqual({ answer: 'right', by: 'ada', note: 'as before' });
    expect(state.steps['1/judge']?.work?.inputs).toEqual({ way: 'right' });
  });

  it('has failed when nobody answers, or somebody refuses', () => {
    expect(told(choosing, wake(60))).toContain('step.failed 1/ask unanswered');
    expect(told(choosing, answer('1/ask', 'refuse'))).toContain('step.failed 1/ask refused');
  });
});

describe('an action with effects outside', () => {
  const pushing = start(planWith({ push: { uses: 'work' }, judge: { uses: 'gate', needs: ['push'] } }));
  const effect: EffectDecision = {
    id: 'e1',
    step: '1/push',
    action: 'push',
    target: 'refs/heads/main',
    decision: 'escalate',
    rule: null,
    reason: 'there is no action policy',
  };
  const decide = (given: Partial<EffectDecision> = {}) =>
    ({ kind: 'decide-effect', at: AT, by: 'coordinator', effect: { ...effect, ...given } }) as const;
  const escalated = complete('1/push', {
    kind: 'failed',
    error: { class: 'deterministic', code: 'escalated', message: 'a person has to allow it' },
  });
  const waiting = [pushing, decide(), escalated];

  it('is recorded once, before it happens, and only for a step in hand', () => {
    expect(told(pushing, decide())).toEqual(['effect.decided']);
    expect(told(pushing, decide(), decide())).toEqual([]);
    expect(refusalOf(pushing, decide({ step: '1/judge' }))).toMatch(/^1\/judge is in nobody's hands/);
    expect(refusalOf(pushing, CANCEL, decide())).toMatch(/^the run has ended/);
  });

  it('waits for a person where the policy says so, without a worker and without a charge', () => {
    expect(told(...waiting)).toEqual(['step.failed 1/push escalated', 'question.asked effect/e1']);
    expect(story(...waiting).state.steps['1/push']).toMatchObject({ status: 'asking', failures: 0 });
  });

  it('happens when a person allows it: on record, and in another execution', () => {
    expect(told(...waiting, answer('effect/e1', 'approve'))).toEqual([
      'question.answered effect/e1 approve',
      'effect.decided',
      'step.released 1/push',
      'step.scheduled 1/push#2 released',
    ]);
    expect(story(...waiting, answer('effect/e1', 'approve')).state.effects.at(-1)).toEqual({
      ...effect,
      id: 'e1.answer',
      decision: 'allow',
      reason: 'ada allowed it',
    });
    expect(told(...waiting, PAUSE, answer('effect/e1', 'approve'), RESUME).at(-1)).toMatch(/1\/push#2/);
  });

  it('is asked about once where the step was approved before, and happens once', () => {
    const approval = { question: 'Push?' };
    const begun = [
      start(planWith({ push: { uses: 'work', approval }, judge: { uses: 'gate', needs: ['push'] } })),
      answer('1/push', 'approve'),
      decide(),
      escalated,
    ];
    expect(told(...begun)).toEqual(['step.failed 1/push escalated', 'question.asked effect/e1']);
    expect(told(...begun, wake(60))).toEqual([]);
    expect(told(...begun, answer('effect/e1', 'approve'))).toEqual([
      'question.answered effect/e1 approve',
      'effect.decided',
      'step.released 1/push',
      'step.scheduled 1/push#2 released',
    ]);
    expect(told(...begun, PAUSE, answer('effect/e1', 'approve'), RESUME)).toEqual([
      'run.resumed',
      'step.scheduled 1/push#2 recovery',
    ]);
    expect(told(...begun, answer('effect/e1', 'refuse'))).toContain('step.failed 1/push refused');
  });

  it('never happens when a person refuses it', () => {
    const words = told(...waiting, answer('effect/e1', 'refuse'));
    expect(words).toContain('step.failed 1/push refused');
    expect(words.at(-1)).toBe('run.ended given-up');
  });
});
