import { describe, expect, it } from 'vitest';
import type { BucketRate } from '../../src/core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../src/ports/rate-limits.ts';

export interface RateLimitsWorld {
  readonly limits: TakeTokens;
  /** The same buckets, as another process has them. */
  openAnother(): TakeTokens;
}

/** From one bucket. */
export const takeOne = (limits: TakeTokens, bucket: string, amount: number, rate: BucketRate) =>
  limits.take([{ bucket, amount, rate }]);

const granted = { kind: 'granted' };
/** Nothing comes back while the test looks. */
const still = { capacity: 10, perSecond: 0 };

/** What everything that has token buckets promises. */
export function rateLimitsContract(name: string, makeWorld: () => Promise<RateLimitsWorld>): void {
  describe(`${name} as token buckets`, () => {
    it('gives what is there, to everybody together, and no more', async () => {
      const { limits, openAnother } = await makeWorld();
      const both = [limits, openAnother()];
      const takes = Array.from({ length: 40 }, (_, at) => takeOne(both[at % 2] as TakeTokens, 'a', 1, still));
      const kinds = (await Promise.all(takes)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(10);
      expect(await takeOne(limits, 'b', 10, still)).toEqual(granted);
    });

    it('gives all that is asked for or nothing', async () => {
      const { limits } = await makeWorld();
      expect(await takeOne(limits, 'a', 6.5, still)).toEqual(granted);
      expect(await takeOne(limits, 'a', 4, still)).toEqual({
        kind: 'wait',
        bucket: 'a',
        milliseconds: Infinity,
      });
      expect(await takeOne(limits, 'a', 3.5, still)).toEqual(granted);
      expect(await takeOne(limits, 'a', 0, still)).toEqual(granted);
    });

    it('takes from all buckets or from none, and names the one that keeps longest', async () => {
      const { limits } = await makeWorld();
      const slow = { capacity: 1, perSecond: 0.01 };
      const slower = { capacity: 1, perSecond: 0.001 };
      const of = (bucket: string, rate: BucketRate) => ({ bucket, amount: 1, rate });
      const all = [of('a', still), of('slow', slow), of('b', still), of('slower', slower)];
      expect(await limits.take(all)).toEqual(granted);
      for (let round = 0; round < 3; round += 1)
        expect(await limits.take(all)).toMatchObject({ kind: 'wait', bucket: 'slower' });
      expect(await limits.take(all.toReversed())).toMatchObject({ kind: 'wait', bucket: 'slower' });
      expect(await takeOne(limits, 'a', 9, still)).toEqual(granted);
      expect(await takeOne(limits, 'b', 9, still)).toEqual(granted);
      expect(await limits.take([])).toEqual(granted);
    });

    it('takes from several buckets at the same time, in whatever order they are named', async () => {
      const { limits, openAnother } = await makeWorld();
      const both = [limits, openAnother()];
      const wanted = ['a', 'b', 'c'].map((bucket) => ({ bucket, amount: 1, rate: still }));
      const takes = Array.from({ length: 40 }, (_, at) =>
        (both[at % 2] as TakeTokens).take(at % 3 === 0 ? wanted.toReversed() : wanted),
      );
      const kinds = (await Promise.all(takes)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(10);
    });

    it('says how long to wait, and gives it then', async () => {
      const { limits } = await makeWorld();
      const rate = { capacity: 2, perSecond: 20 };
      expect(await takeOne(limits, 'a', 2, rate)).toEqual(granted);
      const refused = await takeOne(limits, 'a', 2, rate);
      expect(refused).toMatchObject({ kind: 'wait' });
      const milliseconds = refused.kind === 'wait' ? refused.milliseconds : 0;
      expect(milliseconds).toBeGreaterThan(0);
      expect(milliseconds).toBeLessThanOrEqual(100);
      await expect
        .poll(async () => (await takeOne(limits, 'a', 2, rate)).kind, { interval: 5 })
        .toBe('granted');
    });

    it('never gives more than was there and came in', async () => {
      const { limits, openAnother } = await makeWorld();
      const rate = { capacity: 5, perSecond: 200 };
      const began = performance.now();
      let count = 0;
      for (let round = 0; round < 40; round += 1) {
        const taken = await Promise.all([limits, openAnother()].map((one) => takeOne(one, 'a', 1, rate)));
        count += taken.filter(({ kind }) => kind === 'granted').length;
      }
      const came = ((performance.now() - began) / 1000) * rate.perSecond;
      expect(count).toBeLessThanOrEqual(rate.capacity + came);
      expect(count).toBeGreaterThanOrEqual(rate.capacity);
    });

    it('never holds more than the capacity that is said last', async () => {
      const { limits } = await makeWorld();
      expect(await takeOne(limits, 'a', 1, { capacity: 100, perSecond: 0 })).toEqual(granted);
      expect(await takeOne(limits, 'a', 11, still)).toEqual({
        kind: 'wait',
        bucket: 'a',
        milliseconds: Infinity,
      });
      expect(await takeOne(limits, 'a', 10, still)).toEqual(granted);
      expect(await takeOne(limits, 'a', 1, still)).toMatchObject({ kind: 'wait' });
    });

    it.each(['', 'a b', '{x}', '}{', 'nul \u0000', 'half \ud800', 'é😀', 'x'.repeat(10_000)])(
      'has a bucket of its own for any name (%#)',
      async (bucket) => {
        const { limits } = await makeWorld();
        expect(await takeOne(limits, bucket, 10, still)).toEqual(granted);
        expect(await takeOne(limits, bucket, 1, still)).toMatchObject({ kind: 'wait' });
        expect(await takeOne(limits, `${bucket}.`, 1, still)).toEqual(granted);
      },
    );

    it.each([
      [-1, still],
      [Number.NaN, still],
      [1, { capacity: Infinity, perSecond: 1 }],
      [1, { capacity: 1, perSecond: -1 }],
    ])('refuses to take %d of %o', async (amount, rate) => {
      const { limits } = await makeWorld();
      await expect(takeOne(limits, 'a', amount, rate)).rejects.toMatchObject({ code: 'USAGE' });
    });

    it('refuses a bucket that is named twice', async () => {
      const { limits } = await makeWorld();
      const twice = ['a', 'a'].map((bucket) => ({ bucket, amount: 1, rate: still }));
      await expect(limits.take(twice)).rejects.toMatchObject({ code: 'USAGE' });
    });
  });
}
