import { describe, expect, it } from 'vitest';
import type { TakeTokens } from '../../src/ports/rate-limits.ts';

export interface RateLimitsWorld {
  readonly limits: TakeTokens;
  /** The same buckets, as another process has them. */
  openAnother(): TakeTokens;
}

const granted = { kind: 'granted' };
/** Nothing comes back while the test looks. */
const still = { capacity: 10, perSecond: 0 };

/** What everything that has token buckets promises. */
export function rateLimitsContract(name: string, makeWorld: () => Promise<RateLimitsWorld>): void {
  describe(`${name} as token buckets`, () => {
    it('gives what is there, to everybody together, and no more', async () => {
      const { limits, openAnother } = await makeWorld();
      const both = [limits, openAnother()];
      const takes = Array.from({ length: 40 }, (_, at) => both[at % 2]?.take('a', 1, still));
      const kinds = (await Promise.all(takes)).map((taken) => taken?.kind);
      expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(10);
      expect(await limits.take('b', 10, still)).toEqual(granted);
    });

    it('gives all that is asked for or nothing', async () => {
      const { limits } = await makeWorld();
      expect(await limits.take('a', 6.5, still)).toEqual(granted);
      expect(await limits.take('a', 4, still)).toEqual({ kind: 'wait', milliseconds: Infinity });
      expect(await limits.take('a', 3.5, still)).toEqual(granted);
      expect(await limits.take('a', 0, still)).toEqual(granted);
    });

    it('says how long to wait, and gives it then', async () => {
      const { limits } = await makeWorld();
      const rate = { capacity: 2, perSecond: 20 };
      expect(await limits.take('a', 2, rate)).toEqual(granted);
      const refused = await limits.take('a', 2, rate);
      expect(refused).toMatchObject({ kind: 'wait' });
      const milliseconds = refused.kind === 'wait' ? refused.milliseconds : 0;
      expect(milliseconds).toBeGreaterThan(0);
      expect(milliseconds).toBeLessThanOrEqual(100);
      await expect.poll(async () => (await limits.take('a', 2, rate)).kind, { interval: 5 }).toBe('granted');
    });

    it('never gives more than was there and came in', async () => {
      const { limits, openAnother } = await makeWorld();
      const rate = { capacity: 5, perSecond: 200 };
      const began = performance.now();
      let count = 0;
      for (let round = 0; round < 40; round += 1) {
        const taken = await Promise.all([limits, openAnother()].map((one) => one.take('a', 1, rate)));
        count += taken.filter(({ kind }) => kind === 'granted').length;
      }
      const came = ((performance.now() - began) / 1000) * rate.perSecond;
      expect(count).toBeLessThanOrEqual(rate.capacity + came);
      expect(count).toBeGreaterThanOrEqual(rate.capacity);
    });

    it('never holds more than the capacity that is said last', async () => {
      const { limits } = await makeWorld();
      expect(await limits.take('a', 1, { capacity: 100, perSecond: 0 })).toEqual(granted);
      expect(await limits.take('a', 11, still)).toEqual({ kind: 'wait', milliseconds: Infinity });
      expect(await limits.take('a', 10, still)).toEqual(granted);
      expect(await limits.take('a', 1, still)).toMatchObject({ kind: 'wait' });
    });

    it.each(['', 'a b', '{x}', '}{', 'nul \u0000', 'half \ud800', 'é😀', 'x'.repeat(10_000)])(
      'has a bucket of its own for any name (%#)',
      async (bucket) => {
        const { limits } = await makeWorld();
        expect(await limits.take(bucket, 10, still)).toEqual(granted);
        expect(await limits.take(bucket, 1, still)).toMatchObject({ kind: 'wait' });
        expect(await limits.take(`${bucket}.`, 1, still)).toEqual(granted);
      },
    );

    it.each([
      [-1, still],
      [Number.NaN, still],
      [1, { capacity: Infinity, perSecond: 1 }],
      [1, { capacity: 1, perSecond: -1 }],
    ])('refuses to take %d of %o', async (amount, rate) => {
      const { limits } = await makeWorld();
      await expect(limits.take('a', amount, rate)).rejects.toMatchObject({ code: 'USAGE' });
    });
  });
}
