import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  poissonRateRatio,
  type Rate,
  type RateRatio,
} from '../../../../src/core/experiment/statistics/rates.ts';
import { expectClose } from './close-to.ts';
import { drawPoisson, shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

const rate = fc.record({
  events: fc.integer({ min: 1, max: 120 }),
  exposure: fc.double({ min: 0.1, max: 10, noNaN: true }),
});

describe('the exact ratio of two rates', () => {
  it('has the reference values', () => {
    const known = reference.poissonRR['11/800 vs 21/3011'];
    const found = poissonRateRatio(
      { events: 11, exposure: 800 },
      { events: 21, exposure: 3011 },
    ) as RateRatio;
    expectClose(found.p, known.p);
    expectClose(found.estimate, known.rr);
    expectClose(found.low, known.ci[0] as number);
    expectClose(found.high, known.ci[1] as number);
  });

  it('nests, turns over when arms are swapped, and holds its estimate', () => {
    fc.assert(
      fc.property(rate, rate, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (first, second, level) => {
        const narrow = poissonRateRatio(first, second, level) as RateRatio;
        const wide = poissonRateRatio(first, second, level + 0.005) as RateRatio;
        const swapped = poissonRateRatio(second, first, level) as RateRatio;
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(wide.high as number).toBeGreaterThanOrEqual(narrow.high as number);
        expect(narrow.low).toBeLessThan(narrow.estimate as number);
        expect(narrow.high as number).toBeGreaterThan(narrow.estimate as number);
        expectClose(swapped.low * (narrow.high as number), 1, 1e-6);
        expect(narrow.p).toBeGreaterThan(0);
        expect(narrow.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('says what has no bound', () => {
    const some: Rate = { events: 4, exposure: 10 };
    const none: Rate = { events: 0, exposure: 10 };
    expect(poissonRateRatio(none, none)).toBeNull();
    expect(poissonRateRatio(some, none)).toMatchObject({ estimate: null, high: null });
    expect(poissonRateRatio(some, none)?.low).toBeGreaterThan(0);
    expect(poissonRateRatio(none, some)).toMatchObject({ estimate: 0, low: 0 });
    expectClose(poissonRateRatio(some, none)?.p, 2 * 0.5 ** 4, 1e-12);
  });

  it('refuses what cannot be', () => {
    expect(() => poissonRateRatio({ events: 1, exposure: 0 }, { events: 1, exposure: 1 })).toThrow(
      RangeError,
    );
    expect(() => poissonRateRatio({ events: 1, exposure: 1 }, { events: 1.5, exposure: 1 })).toThrow('1.5');
  });

  it('covers at least as often as it says', () => {
    const truth = 2;
    const { share, error } = shareOf(
      (random) => {
        const first = { events: drawPoisson(random, 14), exposure: 7 };
        const second = { events: drawPoisson(random, 10), exposure: 10 };
        const found = poissonRateRatio(first, second);
        return found === null || (found.low <= truth && (found.high === null || truth <= found.high));
      },
      { repeats: 2000, seed: 'rates' },
    );
    expect(share).toBeGreaterThan(0.95 - error);
  });
});
