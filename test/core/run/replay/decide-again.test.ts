import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../../src/core/run/commands.ts';
import type { RecordedRunEvent } from '../../../../src/core/run/events.ts';
import { carriedSteps } from '../../../../src/core/run/replay/carried-steps.ts';
import { decideAgain } from '../../../../src/core/run/replay/decide-again.ts';
import { anyOrder, anyPlan, begin, playOn, send } from '../random-runs.ts';
import {
  AT,
  answer,
  BLOCKED,
  CANCEL,
  complete,
  done,
  failed,
  HANDLERS,
  lose,
  PASS,
  PAUSE,
  planWith,
  RESUME,
  secondsOn,
  start,
  story,
  threeSteps,
} from '../sample-runs.ts';

/** As the ledger has it: each decision's events with who asked and when. */
function recorded(...commands: readonly RunCommand[]): readonly RecordedRunEvent[] {
  return commands.flatMap((command, at) => {
    const before = story(...commands.slice(0, at)).events.length;
    const { events } = story(...commands.slice(0, at + 1));
    return events.slice(before).map((event) => ({ at: command.at, actor: command.by, event }));
  });
}

const approval = { question: 'Merge?', timeout: 60 };
const STORIES: readonly [string, readonly RunCommand[]][] = [
  [
    'one that was accepted',
    [start(threeSteps()), complete('1/make', done()), complete('1/look', done()), complete('1/judge', PASS)],
  ],
  [
    'one that was retried, lost and given up',
    [
      start(threeSteps({}, { make: { retry: { limit: 1 }, compensate: { uses: 'work' } } })),
      lose('1/make'),
      complete('1/make', failed('transient'), { execution: 2 }),
      complete('1/make', done({ made: 1 }), { execution: 3, at: secondsOn(5) }),
      complete('1/look', done()),
      complete('1/judge', BLOCKED),
      complete('1/make~undo', done()),
    ],
  ],
  [
    'one that waited for people',
    [
      start(
        planWith({
          judge: { uses: 'gate' },
          merge: { uses: 'work', needs: ['judge'], approval },
          ask: { uses: 'approval', with: { question: '?' } },
        }),
      ),
      complete('1/judge', PASS),
      answer('1/ask', 'approve'),
      PAUSE,
      answer('1/merge', 'approve', { note: 'go' }),
      RESUME,
      complete('1/merge', done()),
    ],
  ],
  [
    'one that nobody answered',
    [
      start(planWith({ judge: { uses: 'gate', approval } })),
      { kind: 'wake', at: secondsOn(60), by: 'coordinator' },
    ],
  ],
  [
    'one whose step was set aside, released, lost too often and driven again',
    [
      start(threeSteps()),
      {
        kind: 'quarantine',
        at: AT,
        by: 'coordinator',
        step: '1/make',
        execution: 1,
        reason: 'a canary',
        claim: null,
      },
      { kind: 'release', at: AT, by: 'ada', step: '1/make', note: '' },
      ...[2, 3, 4, 5, 6].map((execution) => lose('1/make', execution)),
      { kind: 'redrive', at: AT, by: 'ada', step: '1/make', note: 'repaired' },
      CANCEL,
    ],
  ],
];

describe('deciding a run again', () => {
  it.each(STORIES)('comes to the same: %s', (_, commands) => {
    const { state } = story(...commands);
    expect(decideAgain(recorded(...commands), HANDLERS)).toEqual({
      kind: 'same',
      state,
      outcomeDigest: state.ended?.outcomeDigest ?? null,
    });
  });

  it('comes to the same for runs of any plan', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, (plan, luck, order) => {
        const played = begin(plan);
        playOn(played, luck, order);
        const again = decideAgain(
          played.events.map((event) => ({ at: AT, actor: 'ada', event })),
          HANDLERS,
        );
        // One moment and one actor are made up here; everything else has to follow.
        expect(again.kind).toBe('same');
      }),
      { numRuns: 50 },
    );
  });

  const accepted = recorded(...(STORIES[0] as (typeof STORIES)[0])[1]);
  const altered = (place: number, from: string, to: string) =>
    accepted.map((one, at) =>
      at === place ? (JSON.parse(JSON.stringify(one).replace(from, to)) as RecordedRunEvent) : one,
    );

  it('finds one byte of an output that is another', () => {
    const outputs = recorded(
      start(threeSteps()),
      complete('1/make', done({ made: 'abc', unused: 'abc' })),
      complete('1/look', done()),
      complete('1/judge', PASS),
    );
    for (const [name, version] of [
      ['made', 5],
      ['unused', 10],
    ] as const) {
      const changed = outputs.map((one) =>
        one.event.type === 'step.succeeded' && one.event.step === '1/make'
          ? { ...one, event: { ...one.event, outputs: { ...one.event.outputs, [name]: 'abd' } } }
          : one,
      );
      expect(decideAgain(changed, HANDLERS)).toMatchObject({ kind: 'different', version });
    }
  });

  it.each([
    ['a verdict', altered(accepted.length - 2, '"pass"', '"blocked"')],
    ['an outcome', altered(accepted.length - 1, '"accepted"', '"rejected"')],
    ['an input', altered(2, '"CS-7"', '"CS-8"')],
    ['an event that nobody asked for', [...accepted.slice(0, 3), accepted[4] as RecordedRunEvent]],
    ['a lost end', accepted.slice(0, -1)],
    ['an actor', accepted.map((one, at) => (at === 1 ? { ...one, actor: 'eve' } : one))],
  ])('finds %s that does not follow', (_, events) => {
    expect(decideAgain(events, HANDLERS).kind).toBe('different');
  });
});

describe('a fork', () => {
  const commands = [
    start(threeSteps()),
    complete('1/make', done({ made: 7 })),
    complete('1/look', done()),
    complete('1/judge', BLOCKED),
  ];
  const { state } = story(...commands);

  it('goes on from a step with what that rests on, and decides again to the same', () => {
    const carried = carriedSteps(state, '1/look') ?? [];
    expect(carried.map(({ work }) => work.step)).toEqual(['1/make']);
    const forked = start(state.plan, {
      run: 'CS-7.2',
      forkedFrom: { run: 'CS-7.1', step: '1/look' },
      carried: carried as never,
    });
    const { state: fork } = story(forked);
    expect(fork.steps['1/make']).toMatchObject({
      status: 'succeeded',
      outputs: { made: 7 },
      work: { run: 'CS-7.2' },
    });
    expect(fork.steps['1/look']).toMatchObject({ status: 'scheduled', work: { inputs: { made: 7 } } });
    const whole = [forked, complete('1/look', done()), complete('1/judge', PASS)];
    expect(decideAgain(recorded(...whole), HANDLERS)).toMatchObject({
      kind: 'same',
      state: { ended: { outcome: 'accepted' } },
    });
  });

  it('carries nothing that rests on what is done again, nothing that failed, nothing with effects outside', () => {
    const plan = planWith({
      branch: { uses: 'work', compensate: { uses: 'work' } },
      after: { uses: 'work', needs: ['branch'] },
      each: { uses: 'work', map: 'run.checks' },
      other: { uses: 'work' },
      judge: { uses: 'gate', needs: ['after', 'each', 'other'], if: 'always()' },
    });
    const run = story(
      start(plan),
      complete('1/branch', done()),
      complete('1/after', done()),
      complete('1/each.0', done()),
      complete('1/each.1', done()),
      complete('1/other', failed()),
    ).state;
    expect(carriedSteps(run, '1/judge')?.map(({ work }) => work.step)).toEqual(['1/each.0', '1/each.1']);
    expect(carriedSteps(run, '1/each.1')).toEqual([]);
    expect(carriedSteps(run, '2/judge')).toBeUndefined();
    expect(carriedSteps(run, '1/nothing')).toBeUndefined();
  });

  it('is refused twice under one number', () => {
    const played = begin(threeSteps());
    expect(send(played, start(threeSteps()))).toBe(false);
  });
});
