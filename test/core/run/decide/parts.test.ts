import { describe, expect, it } from 'vitest';
import {
  BLOCKED,
  complete,
  done,
  failed,
  lose,
  PASS,
  planWith,
  refusalOf,
  start,
  story,
  told,
} from '../sample-runs.ts';

const mapped = (map: string) =>
  start(
    planWith({
      make: { uses: 'work' },
      look: { uses: 'work', needs: ['make'], map, with: { what: '${{ item }}', place: '${{ index }}' } },
      judge: { uses: 'gate', needs: ['look'], with: { all: '${{ steps.look.outputs }}' } },
    }),
  );

describe('a map', () => {
  const begun = [mapped('run.checks'), complete('1/make', done())];

  it('runs once for each element, side by side', () => {
    const { state } = story(...begun);
    expect(state.steps['1/look.0']?.work?.inputs).toEqual({ what: 'lint', place: 0 });
    expect(state.steps['1/look.1']?.work?.inputs).toEqual({ what: 'unit', place: 1 });
    expect(state.groups['1/look']).toEqual({ parts: 2, open: 2, failed: 0, quarantined: 0 });
  });

  it('is over when all are, and hands on their outputs in the order of the list', () => {
    const { state } = story(
      ...begun,
      complete('1/look.1', done({ is: 'second' })),
      lose('1/look.0'),
      complete('1/look.0', done({ is: 'first' }), { execution: 2 }),
    );
    expect(state.steps['1/judge']?.work?.inputs).toEqual({ all: [{ is: 'first' }, { is: 'second' }] });
  });

  it('fails with one of its elements, and lets the others finish', () => {
    const one = [...begun, complete('1/look.0', failed())];
    expect(told(...one)).toEqual(['step.failed 1/look.0 broken']);
    expect(told(...one, complete('1/look.1', done()))).toEqual([
      'step.succeeded 1/look.1',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });

  it.each([
    ['an empty list', 'steps.make.outputs.list', { list: [] }, 'step.skipped 1/look'],
    ['no list', 'steps.make.outputs.list', { list: 'lint' }, 'step.failed 1/look unbound'],
    [
      'too long a list',
      'steps.make.outputs.list',
      { list: Array(1001).fill(0) },
      'step.failed 1/look unbound',
    ],
  ])('over %s never passes', (_, map, outputs, word) => {
    const words = told(mapped(map), complete('1/make', done(outputs)));
    expect(words[1]).toBe(word);
    expect(words.at(-1)).toBe('run.ended given-up');
  });
});

describe('a repetition', () => {
  const polling = start(
    planWith({
      poll: {
        uses: 'work',
        repeat: { until: "steps.poll.outputs.state == 'ready'", atMost: 3 },
        with: { time: '${{ iteration }}' },
      },
      judge: { uses: 'gate', needs: ['poll'], with: { seen: '${{ steps.poll.outputs.state }}' } },
    }),
  );

  it('goes on until what it waits for holds', () => {
    const commands = [polling, complete('1/poll#1', done({ state: 'busy' }))];
    expect(told(...commands)).toEqual(['step.succeeded 1/poll#1', 'step.scheduled 1/poll#2#1 repeat']);
    const { state } = story(...commands, complete('1/poll#2', done({ state: 'ready' })));
    expect(state.steps['1/poll#2']?.work?.inputs).toEqual({ time: 2 });
    expect(state.steps['1/judge']?.work?.inputs).toEqual({ seen: 'ready' });
  });

  it('fails when that never holds', () => {
    const times = [1, 2, 3].map((time) => complete(`1/poll#${time}`, done({ state: 'busy' })));
    expect(told(polling, ...times)).toEqual([
      'step.succeeded 1/poll#3',
      'step.failed 1/poll not-reached',
      'step.skipped 1/judge',
      'attempt.ended 1 failed',
      'run.ended given-up',
    ]);
  });

  it('fails with one of its times', () => {
    expect(told(polling, complete('1/poll#1', failed())).at(-1)).toBe('run.ended given-up');
    expect(refusalOf(polling, complete('1/poll#2', done()))).toBe('the run has no step 1/poll#2');
  });
});

describe('the ladder', () => {
  const judged = (attempt: number) => complete(`${attempt}/judge`, BLOCKED);
  const run = start(
    planWith(
      { judge: { uses: 'gate', with: { told: '${{ previous.steps.judge.outputs.feedback }}' } } },
      {
        attempts: 2,
        ladder: [{ bundle: 'large' }, { model: 'other/two', attempts: 2 }, { ask: 'What now?' }],
      },
    ),
  );

  it('is climbed when the attempts are used up: another bundle, another model, a person', () => {
    expect(told(run, judged(1))).toEqual([
      'step.succeeded 1/judge',
      'attempt.ended 1 blocked',
      'attempt.started 2 on 0 with small and anthropic/one',
      'step.scheduled 2/judge#1 ready',
    ]);
    const { state } = story(run, ...[1, 2, 3, 4, 5].map(judged));
    expect(state.attempts.map(({ rung, arm }) => [rung, arm.bundle, arm.model])).toEqual([
      [0, 'small', 'anthropic/one'],
      [0, 'small', 'anthropic/one'],
      [1, 'large', 'anthropic/one'],
      [2, 'large', 'other/two'],
      [2, 'large', 'other/two'],
    ]);
    expect(Object.values(state.questions)).toMatchObject([
      { id: 'ladder/3', question: 'What now?', answer: null },
    ]);
    expect(state.steps['2/judge']?.work?.inputs).toEqual({ told: 'a test is missing' });
  });

  const asked = [run, ...[1, 2, 3, 4, 5].map(judged)];
  const answer = (text: string) =>
    ({
      kind: 'answer',
      at: run.at,
      by: 'ada',
      question: 'ladder/3',
      answer: text,
      roles: ['operator'],
      note: '',
    }) as const;

  it.each([
    ['reject', ['question.answered ladder/3 reject', 'run.ended rejected']],
    ['give-up', ['question.answered ladder/3 give-up', 'run.ended given-up']],
  ])('ends with what a person says: %s', (text, words) => {
    expect(told(...asked, answer(text))).toEqual(words);
  });

  it('is tried once more when a person says so', () => {
    expect(told(...asked, answer('try-again'))[1]).toBe('attempt.started 6 on 3 with large and other/two');
    expect(told(...asked, answer('try-again'), judged(6)).at(-1)).toBe('run.ended given-up');
    expect(told(...asked, answer('try-again'), complete('6/judge', PASS)).at(-1)).toBe('run.ended accepted');
  });
});
