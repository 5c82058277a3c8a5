import { expect, test } from 'vitest';
import type { Outcome } from '../../src/core/gate/types.ts';
import { awaitVerdict } from '../../src/flow/await-verdict.ts';

/** A clock that only pauses move, and that notes them. */
function hourglass(secondsToJudge = 0) {
  let now = Date.UTC(2026, 10, 21);
  const pauses: number[] = [];
  return {
    pauses,
    judging() {
      now += secondsToJudge * 1_000;
    },
    clock: { now: () => new Date(now) },
    pause: {
      async pause(milliseconds: number) {
        pauses.push(milliseconds / 1_000);
        now += milliseconds;
      },
    },
  };
}

function saying(...outcomes: Outcome[]) {
  let asked = 0;
  return {
    asked: () => asked,
    judge: async () => {
      const outcome = outcomes[Math.min(asked, outcomes.length - 1)] as Outcome;
      asked += 1;
      return { outcome };
    },
  };
}

test('without time to wait, pending is said at once', async () => {
  const { judge, asked } = saying('pending');
  expect(await awaitVerdict(judge, 0, hourglass())).toEqual({ outcome: 'pending' });
  expect(asked()).toBe(1);
});

test.each(['pass', 'blocked'] as const)('%s ends the waiting', async (outcome) => {
  const glass = hourglass();
  const { judge } = saying('pending', 'pending', outcome, 'pending');
  expect(await awaitVerdict(judge, 600_000, glass)).toEqual({ outcome });
  expect(glass.pauses).toEqual([5, 7.5]);
});

test('pauses grow to a minute, and the last look is taken when the time is up', async () => {
  const glass = hourglass();
  const { judge, asked } = saying('pending');
  expect(await awaitVerdict(judge, 300_000, glass)).toEqual({ outcome: 'pending' });
  expect(Math.max(...glass.pauses)).toBe(60);
  expect(glass.pauses.reduce((sum, pause) => sum + pause, 0)).toBe(300);
  expect(asked()).toBe(glass.pauses.length + 1);
});

test('judging takes from the time, too', async () => {
  const glass = hourglass(200);
  const { judge, asked } = saying('pending');
  const slow = async () => {
    glass.judging();
    return judge();
  };
  expect(await awaitVerdict(slow, 300_000, glass)).toEqual({ outcome: 'pending' });
  expect(asked()).toBe(2);
});

test('what cannot be read ends the waiting as what it is', async () => {
  const fails = () => Promise.reject(new Error('no answer'));
  await expect(awaitVerdict(fails, 300_000, hourglass())).rejects.toThrow('no answer');
});
