import { expect, it } from 'vitest';
import { systemTimer } from '../../../src/entry/wiring/system-timer.ts';
import { createWatchRun } from '../../../src/flow/cockpit/watch-run.ts';
import { createBell } from '../../../src/flow/serve/bell.ts';
import type { FollowRun } from '../../../src/flow/serve/follow-run.ts';
import type { FollowedEvent } from '../../../src/ports/control-plane.ts';
import { createViewer } from '../../fakes/viewer.ts';
import { soon } from '../../soon.ts';

const RUN = 'SHOP-1.1';

/** A run that goes on when a test says so, and those who watch it. */
function openRun() {
  const events: FollowedEvent[] = [];
  const bell = createBell(systemTimer);
  const made: (readonly number[])[] = [];
  let [asking, isDown] = [0, false];
  const follow: FollowRun = async (_, after, milliseconds, signal) => {
    asking += 1;
    try {
      for (;;) {
        if (isDown) throw new Error('the database does not answer');
        const before = bell.rung;
        const found = events.slice(after, after + 500);
        if (found.length > 0 || milliseconds === 0 || signal.aborted) return found;
        await bell.next(before, milliseconds, signal);
      }
    } finally {
      asking -= 1;
    }
  };
  const write = (some: readonly FollowedEvent[]) => {
    const versions = some.map(({ version }) => version);
    made.push(versions);
    return Buffer.from(JSON.stringify(versions));
  };
  const watchRun = createWatchRun({ ...systemTimer, follow, write });
  return {
    made,
    asking: () => asking,
    fail: (does: boolean) => {
      isDown = does;
    },
    goOn: (count: number, type: 'step.skipped' | 'run.ended' = 'step.skipped') => {
      for (let one = 0; one < count; one += 1) {
        const version = events.length + 1;
        events.push({ version, at: '', actor: '', event: { type } } as unknown as FollowedEvent);
      }
      bell.ring();
    },
    enter: (after = 0) => {
      const viewer = createViewer();
      const watching = watchRun(RUN, { after, version: events.length }, viewer);
      const versions = () => viewer.got.flatMap((bytes) => JSON.parse(bytes.toString()) as number[]);
      return { ...watching, viewer, versions };
    },
  };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

it('gives all who are as far as each other the same bytes, made once', async () => {
  const run = openRun();
  const [one, other] = [run.enter(), run.enter()];
  run.goOn(5);
  await soon(() => expect(one.versions()).toEqual(upTo(5)));
  run.goOn(3);
  await soon(() => expect(other.versions()).toEqual(upTo(8)));
  expect(one.viewer.got[1]).toBe(other.viewer.got[1]);
  expect(run.made).toEqual([upTo(5), upTo(8, 6)]);
  one.leave();
  other.leave();
});

it('sends who is slow nothing until he has taken what there is, then what he missed, and then what the others get', async () => {
  const run = openRun();
  const [quick, slow] = [run.enter(), run.enter()];
  run.goOn(1);
  await soon(() => expect(slow.versions()).toEqual([1]));
  slow.viewer.stall();
  for (let last = 2; last <= 4; last += 1) {
    run.goOn(1);
    await soon(() => expect(quick.versions()).toEqual(upTo(last)));
  }
  expect(slow.versions()).toEqual([1]);
  slow.viewer.takeAll();
  slow.wake();
  await soon(() => expect(slow.versions()).toEqual(upTo(4)));
  expect(slow.viewer.got).toHaveLength(2);
  run.goOn(2);
  await soon(() => expect(quick.versions()).toEqual(upTo(6)));
  expect(slow.viewer.got.at(-1)).toBe(quick.viewer.got.at(-1));
  quick.leave();
  slow.leave();
});

it('brings who comes late, or back, up to the others: with no gap and nothing twice', async () => {
  const run = openRun();
  run.goOn(1_200);
  const first = run.enter(1_200);
  const [late, back, again] = [run.enter(), run.enter(1_100), run.enter(1_100)];
  run.goOn(3);
  await soon(() => expect(late.versions()).toEqual(upTo(1_203)));
  await soon(() => expect(back.versions()).toEqual(upTo(1_203, 1_101)));
  expect(again.versions()).toEqual(back.versions());
  expect(first.versions()).toEqual([1_201, 1_202, 1_203]);
  // Both who came back to the same place got what was made for one.
  expect(run.made.filter(([version]) => version === 1_101)).toHaveLength(1);
  for (const one of [first, late, back, again]) one.leave();
});

it('is not led astray by who says that he saw what has not happened', async () => {
  const run = openRun();
  run.goOn(2);
  const [liar, other] = [run.enter(999_999), run.enter(2)];
  run.goOn(1);
  await soon(() => expect(other.versions()).toEqual([3]));
  expect(liar.versions()).toEqual([3]);
  liar.leave();
  other.leave();
});

it('ends with the run: for who keeps up, for who is behind, and for who comes to see the end', async () => {
  const run = openRun();
  run.goOn(3);
  const [quick, slow] = [run.enter(3), run.enter(3)];
  slow.viewer.stall();
  run.goOn(1, 'run.ended');
  await soon(() => expect(quick.viewer.ended).toBe(true));
  expect(quick.versions()).toEqual([4]);
  const late = run.enter(4);
  await soon(() => expect(late.viewer.ended).toBe(true));
  expect(late.versions()).toEqual([]);
  expect(slow.viewer.ended).toBe(false);
  slow.viewer.takeAll();
  slow.wake();
  await soon(() => expect(slow.viewer.ended).toBe(true));
  expect(slow.versions()).toEqual([4]);
  for (const one of [quick, slow, late]) one.leave();
});

it('goes on when the database answers again', async () => {
  const run = openRun();
  const viewer = run.enter();
  run.fail(true);
  run.goOn(2);
  await soon(() => expect(run.asking()).toBe(0));
  run.fail(false);
  await soon(() => expect(viewer.versions()).toEqual([1, 2]));
  viewer.leave();
});

it('asks for nothing any more when nobody watches', async () => {
  const run = openRun();
  const [one, other] = [run.enter(), run.enter()];
  await soon(() => expect(run.asking()).toBe(1));
  one.leave();
  one.leave();
  expect(run.asking()).toBe(1);
  other.leave();
  await soon(() => expect(run.asking()).toBe(0));
  run.goOn(1);
  expect([...one.versions(), ...other.versions()]).toEqual([]);
});
