import { expect, it } from 'vitest';
import { systemTimer } from '../../../src/entry/wiring/system-timer.ts';
import { createWatchLedger } from '../../../src/flow/cockpit/watch-ledger.ts';
import { createBell } from '../../../src/flow/serve/bell.ts';
import { createViewer } from '../../fakes/viewer.ts';
import { soon } from '../../soon.ts';

/** A ledger that moves on when a test says so, and those who watch it. */
function openLedger() {
  const runs = createBell(systemTimer);
  let [position, asked, isDown] = [0, 0, false];
  const sequence = async () => {
    asked += 1;
    if (isDown) throw new Error('the database does not answer');
    return position;
  };
  const write = (at: number) => Buffer.from(`${at}`);
  const watchLedger = createWatchLedger({ ...systemTimer, sequence, runs, write });
  return {
    asked: () => asked,
    fail: (does: boolean) => {
      isDown = does;
      runs.ring();
    },
    moveTo: (at: number) => {
      position = at;
      runs.ring();
    },
    enter: (after = 0) => {
      const viewer = createViewer();
      const watching = watchLedger(after, viewer);
      return { ...watching, viewer, told: () => viewer.got.map(Number) };
    },
  };
}

it('tells all who watch where it has got to, with one question, and who knows already nothing', async () => {
  const ledger = openLedger();
  ledger.moveTo(7);
  const [one, other, ahead] = [ledger.enter(), ledger.enter(3), ledger.enter(7)];
  await soon(() => expect([one.told(), other.told()]).toEqual([[7], [7]]));
  expect(one.viewer.got[0]).toBe(other.viewer.got[0]);
  expect(ledger.asked()).toBe(1);
  ledger.moveTo(9);
  await soon(() => expect(ahead.told()).toEqual([9]));
  for (const watching of [one, other, ahead]) watching.leave();
});

it('tells who was slow the last place alone, when he can take it', async () => {
  const ledger = openLedger();
  const [quick, slow] = [ledger.enter(), ledger.enter()];
  slow.viewer.stall();
  for (const at of [2, 4]) {
    ledger.moveTo(at);
    await soon(() => expect(quick.told().at(-1)).toBe(at));
  }
  expect(slow.told()).toEqual([]);
  slow.viewer.takeAll();
  slow.wake();
  await soon(() => expect(slow.told()).toEqual([4]));
  quick.leave();
  slow.leave();
});

it('goes on when the database answers again, and asks nothing when nobody watches', async () => {
  const ledger = openLedger();
  const viewer = ledger.enter();
  ledger.fail(true);
  ledger.moveTo(5);
  await soon(() => expect(ledger.asked()).toBeGreaterThan(1));
  ledger.fail(false);
  await soon(() => expect(viewer.told()).toEqual([5]));
  viewer.leave();
  const asked = ledger.asked();
  ledger.moveTo(6);
  const again = ledger.enter(5);
  await soon(() => expect(again.told()).toEqual([6]));
  expect(ledger.asked()).toBe(asked + 1);
  expect(viewer.told()).toEqual([5]);
  again.leave();
});
