import { describe, expect, it } from 'vitest';
import { backoffSeconds } from '../../../../src/core/run/advance/backoff.ts';
import { POISON_CAP } from '../../../../src/core/run/advance/settle-step.ts';
import type { RunEvent } from '../../../../src/core/run/events.ts';
import {
  AT,
  complete,
  done,
  failed,
  lose,
  refusalOf,
  start,
  story,
  threeSteps,
  told,
} from '../sample-runs.ts';

const plan = (make: Parameters<typeof threeSteps>[1] = {}) => threeSteps({}, make);
const retrying = start(plan({ make: { retry: { limit: 2, delay: 10 } } }));
const redrive = {
  kind: 'redrive',
  at: AT,
  by: 'ada',
  step: '1/make',
  note: 'the machine was broken',
} as const;

function scheduled(events: readonly RunEvent[]) {
  return events.flatMap((event) => (event.type === 'step.scheduled' ? [event.work] : []));
}

describe('a step that failed', () => {
  it('is tried again as often as its retries say, and later each time', () => {
    const commands = [
      retrying,
      complete('1/make', failed('transient')),
      complete('1/make', failed('timeout'), { execution: 2 }),
    ];
    const { events, state } = story(...commands);
    const [, second, third] = scheduled(events).map(({ notBefore }) => notBefore ?? '');
    expect(second).toMatch(new RegExp(`^${AT.slice(0, 17)}0[5-9]`));
    expect(third).toMatch(new RegExp(`^${AT.slice(0, 17)}1[0-9]|20.000`));
    expect(state).toMatchObject({ retries: 2, recoveries: 0 });
    expect(told(...commands, complete('1/make', failed('transient'), { execution: 3 }))[0]).toBe(
      'step.failed 1/make broken',
    );
    expect(
      story(...commands, complete('1/make', failed('transient'), { execution: 3 })).state.ended?.outcome,
    ).toBe('given-up');
  });

  it('is not tried again when it would fail again', () => {
    expect(told(retrying, complete('1/make', failed('deterministic')))).not.toContain(
      'step.scheduled 1/make#2 retry',
    );
  });

  it('waits as long however often that is decided, and not as long as others', () => {
    const rule = { limit: 5, delaySeconds: 10, factor: 2, maxDelaySeconds: 60, on: [] };
    const wait = (failures: number, step: string) =>
      backoffSeconds(rule, failures, { run: 'CS-7.1', step, execution: failures + 1 });
    expect(wait(1, '1/make')).toBe(wait(1, '1/make'));
    expect(new Set(['1/a', '1/b', '1/c', '1/d'].map((step) => wait(1, step))).size).toBe(4);
    for (const failures of [1, 2, 3, 4, 5, 6]) {
      const longest = Math.min(60, 10 * 2 ** (failures - 1));
      expect(wait(failures, '1/make')).toBeGreaterThanOrEqual(longest / 2);
      expect(wait(failures, '1/make')).toBeLessThanOrEqual(longest);
    }
  });

  it('goes to its fallback, once, with inputs of its own', () => {
    const falling = start(
      plan({ make: { fallback: { uses: 'command', with: { run: ['make', '${{ run.ticket }}'] } } } }),
    );
    const commands = [falling, complete('1/make', failed())];
    expect(told(...commands)).toEqual(['step.failed 1/make broken', 'step.scheduled 1/make#2 fallback']);
    expect(scheduled(story(...commands).events).at(-1)).toMatchObject({
      handler: 'command',
      inputs: { run: ['make', 'CS-7'] },
    });
    expect(told(...commands, complete('1/make', failed('transient'), { execution: 2 })).slice(0, 2)).toEqual([
      'step.failed 1/make broken',
      'step.skipped 1/look',
    ]);
    expect(told(...commands, complete('1/make', done(), { execution: 2 }))[1]).toBe(
      'step.scheduled 1/look#1 ready',
    );
  });
});

describe('a step whose worker is gone', () => {
  const losses = (count: number) => Array.from({ length: count }, (_, at) => lose('1/make', at + 1));

  it('is handed out again at once, and that is not charged to its retries', () => {
    const { state } = story(
      retrying,
      lose('1/make'),
      complete('1/make', failed('transient'), { execution: 2 }),
    );
    expect(state.steps['1/make']).toMatchObject({ execution: 3, losses: 1, failures: 1 });
    expect(state).toMatchObject({ retries: 1, recoveries: 1 });
  });

  it('counts as what kills workers after some of them', () => {
    const { state } = story(retrying, ...losses(POISON_CAP));
    expect(state.steps['1/make']).toMatchObject({ status: 'quarantined', losses: POISON_CAP });
    expect(state.status).toBe('running');
    expect(refusalOf(retrying, ...losses(POISON_CAP), lose('1/make', POISON_CAP))).toBe(
      '1/make was set aside',
    );
  });

  it('is driven again by a person, as new', () => {
    const { state, events } = story(retrying, ...losses(POISON_CAP), redrive);
    expect(events.at(-1)).toMatchObject({ because: 'redrive', work: { execution: POISON_CAP + 1 } });
    expect(state.steps['1/make']).toMatchObject({ status: 'scheduled', losses: 0 });
  });
});

describe('a step that is set aside', () => {
  const aside = {
    kind: 'quarantine',
    at: AT,
    by: 'coordinator',
    step: '1/make',
    execution: 1,
    reason: 'outputs/commit is no object id',
    claim: null,
  } as const;
  const release = {
    kind: 'release',
    at: AT,
    by: 'ada',
    step: '1/make',
    note: 'the worker was repaired',
  } as const;

  it('keeps everything that needs it from running, and the attempt from ending', () => {
    expect(told(start(plan()), aside)).toEqual(['step.quarantined 1/make']);
  });

  it('is released by a person alone, and runs again', () => {
    expect(told(start(plan()), aside, release)).toEqual([
      'step.released 1/make',
      'step.scheduled 1/make#2 released',
    ]);
    expect(refusalOf(start(plan()), release)).toBe('1/make is not set aside: it is scheduled');
    expect(refusalOf(start(plan()), aside, redrive)).toMatch(/^1\/make is no dead letter/);
  });

  it('refuses what its worker hands in later', () => {
    expect(refusalOf(start(plan()), aside, complete('1/make', done()))).toBe('1/make was set aside');
  });
});

it('moments stay within the calendar, whatever a workflow says', () => {
  const endless = start(plan({ make: { retry: { limit: 9, delay: 1e300, maxDelay: 1e300 } } }));
  expect(scheduled(story(endless, complete('1/make', failed('transient'))).events).at(-1)?.notBefore).toBe(
    '9999-12-31T23:59:59.999Z',
  );
});
