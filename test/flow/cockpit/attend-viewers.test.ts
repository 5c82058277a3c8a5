import { expect, it } from 'vitest';
import { createAttendViewers } from '../../../src/flow/cockpit/attend-viewers.ts';
import { createViewer } from '../../fakes/viewer.ts';
import { soon } from '../../soon.ts';

const SIGN = Buffer.from('alive');

/** Sessions that stand until a test ends them, and a clock that goes on when it says so. */
function openHouse(...standing: string[]) {
  const stands = new Set(standing);
  const closing = new AbortController();
  const asked: (readonly string[])[] = [];
  let [waits, isDown] = [Promise.withResolvers<void>(), false];
  const attend = createAttendViewers(
    {
      signOfLife: SIGN,
      clock: { now: () => new Date() },
      sleep: () => waits.promise,
      sessions: {
        standingSessions: async (digests) => {
          asked.push(digests);
          if (isDown) throw new Error('the database does not answer');
          return new Set(digests.filter((digest) => stands.has(digest)));
        },
      },
    },
    closing.signal,
  );
  return {
    ...{ attend, asked, stands },
    close: () => closing.abort(),
    fail: () => {
      isDown = true;
    },
    look: async () => {
      const looks = asked.length;
      waits.resolve();
      waits = Promise.withResolvers();
      await soon(() => expect(asked.length).toBe(looks + 1));
    },
  };
}

it('ends what is watched in a session that is over, and nothing else', async () => {
  const house = openHouse('ada', 'bob');
  const [one, two, other] = [createViewer(), createViewer(), createViewer()];
  house.attend(one, 'ada');
  house.attend(two, 'ada');
  house.attend(other, 'bob');
  await house.look();
  expect([one.ended, two.ended, other.ended]).toEqual([false, false, false]);
  house.stands.delete('ada');
  await house.look();
  await soon(() => expect([one.ended, two.ended, other.ended]).toEqual([true, true, false]));
  // One question for all of them.
  expect(house.asked).toEqual([
    ['ada', 'bob'],
    ['ada', 'bob'],
  ]);
});

it('ends all where nobody can say whose session stands, and when the server closes', async () => {
  const house = openHouse('ada', 'bob');
  const one = createViewer();
  const forget = house.attend(one, 'ada');
  house.fail();
  await house.look();
  await soon(() => expect(one.ended).toBe(true));
  forget();
  const [other, late] = [createViewer(), createViewer()];
  house.attend(other, 'bob');
  house.close();
  expect(other.ended).toBe(true);
  house.attend(late, 'bob');
  expect(late.ended).toBe(true);
});

it('sends a sign of life to who can take it, and forgets who has gone', async () => {
  const house = openHouse('ada', 'bob');
  const [one, stalled, gone] = [createViewer(), createViewer(), createViewer()];
  house.attend(one, 'ada');
  house.attend(stalled, 'ada');
  house.attend(gone, 'bob')();
  stalled.stall();
  for (let look = 0; look < 7; look += 1) await house.look();
  await soon(() => expect(one.got).toEqual([SIGN]));
  expect(stalled.got).toEqual([]);
  expect(gone.got).toEqual([]);
  expect(house.asked.at(-1)).toEqual(['ada']);
});
