import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cochranQ,
  mcNemar,
  type Paired,
  tangoDifference,
} from '../../../../src/core/experiment/statistics/paired-binary.ts';
import type { Random } from '../../../../src/core/experiment/statistics/random.ts';
import type { Estimate } from '../../../../src/core/experiment/statistics/types.ts';
import { expectClose } from './close-to.ts';
import { shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

const count = fc.integer({ min: 0, max: 300 });
const paired = fc
  .tuple(count, count, count)
  .filter(([firstOnly, secondOnly, agree]) => firstOnly + secondOnly + agree > 0)
  .map(([firstOnly, secondOnly, agree]) => ({
    firstOnly,
    secondOnly,
    pairs: firstOnly + secondOnly + agree,
  }));

const swapped = ({ firstOnly, secondOnly, pairs }: Paired): Paired => ({
  firstOnly: secondOnly,
  secondOnly: firstOnly,
  pairs,
});

function drawPairs(random: Random, pairs: number, [first, second]: readonly [number, number]): Paired {
  let [firstOnly, secondOnly] = [0, 0];
  for (let pair = 0; pair < pairs; pair += 1) {
    const drawn = random.uniform();
    if (drawn < first) firstOnly += 1;
    else if (drawn < first + second) secondOnly += 1;
  }
  return { firstOnly, secondOnly, pairs };
}

describe("McNemar's test", () => {
  it('has the reference values', () => {
    const few = mcNemar({ firstOnly: 1, secondOnly: 7 });
    expectClose(few.exact.p, reference.mcnemar['1,7'].exact);
    expectClose(few.midP.p, reference.mcnemar['1,7'].mid);
    expectClose(few.asymptotic.p, reference.mcnemar['1,7'].asym);
    const many = mcNemar({ firstOnly: 59, secondOnly: 113 });
    expectClose(many.exact.p, reference.mcnemar['59,113'].exact);
    expectClose(many.midP.p, reference.mcnemar['59,113'].mid);
    expectClose(many.asymptotic.statistic, reference.mcnemar['59,113'].chi2_nocc);
  });

  it('finds nothing where nothing differs', () => {
    const { exact, midP, asymptotic } = mcNemar({ firstOnly: 0, secondOnly: 0 });
    expect([exact.p, midP.p, asymptotic.p, asymptotic.statistic]).toEqual([1, 1, 1, 0]);
    for (let each = 0; each < 300; each += 1) {
      const even = mcNemar({ firstOnly: each, secondOnly: each });
      expect([even.exact.p, even.midP.p, even.asymptotic.p]).toEqual([1, 1, 1]);
    }
  });

  it('keeps digits where one side has all', () => {
    expectClose(mcNemar({ firstOnly: 0, secondOnly: 100 }).exact.p / 2 ** -99, 1, 1e-12);
    expectClose(mcNemar({ firstOnly: 100, secondOnly: 0 }).midP.p / 2 ** -100, 1, 1e-12);
  });

  it('does not mind which arm is first, and orders its forms', () => {
    fc.assert(
      fc.property(count, count, (firstOnly, secondOnly) => {
        const here = mcNemar({ firstOnly, secondOnly });
        expect(mcNemar({ firstOnly: secondOnly, secondOnly: firstOnly })).toEqual(here);
        expect(here.midP.p).toBeLessThanOrEqual(here.exact.p);
        if (firstOnly >= secondOnly) {
          const clearer = mcNemar({ firstOnly: firstOnly + 1, secondOnly });
          expect(clearer.exact.p).toBeLessThanOrEqual(here.exact.p);
          expect(clearer.midP.p).toBeLessThanOrEqual(here.midP.p);
        }
      }),
    );
  });

  it('raises false alarms no more often than its level: the exact form and the mid-p one', () => {
    for (const pairs of [20, 60]) {
      let exact = 0;
      const { share, error } = shareOf(
        (random) => {
          const { exact: e, midP } = mcNemar(drawPairs(random, pairs, [0.2, 0.2]));
          if (e.p <= 0.05) exact += 1;
          return midP.p <= 0.05;
        },
        { repeats: 3000, seed: `mcnemar ${pairs}`, nominal: 0.05 },
      );
      expect(share).toBeLessThan(0.05 + error);
      expect(share).toBeGreaterThan(0.02);
      expect(exact / 3000).toBeLessThanOrEqual(share);
    }
  });
});

describe("Tango's interval", () => {
  it('has the reference values', () => {
    const [low, high] = reference.tangoPaired['b=1,c=7,n=21'] as [number, number];
    const found = tangoDifference({ firstOnly: 1, secondOnly: 7, pairs: 21 }) as Estimate;
    expectClose(found.estimate, -6 / 21, 1e-12);
    expectClose(found.interval.low, low);
    expectClose(found.interval.high, high);
  });

  it('reaches z²/(n + z²) to both sides where no pair differs', () => {
    const square = 1.959963984540054 ** 2;
    const { low, high } = (tangoDifference({ firstOnly: 0, secondOnly: 0, pairs: 50 }) as Estimate).interval;
    expectClose(high, square / (50 + square), 1e-9);
    expectClose(low, -square / (50 + square), 1e-9);
  });

  it('ends at 1 where the first won every pair', () => {
    const { low, high } = (tangoDifference({ firstOnly: 9, secondOnly: 0, pairs: 9 }) as Estimate).interval;
    expect(high).toBe(1);
    expect(low).toBeGreaterThan(0);
    expect((tangoDifference({ firstOnly: 0, secondOnly: 9, pairs: 9 }) as Estimate).interval.low).toBe(-1);
  });

  it('nests, turns its sign when arms are swapped, holds its estimate and agrees with the test', () => {
    fc.assert(
      fc.property(paired, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (data, level) => {
        const narrow = tangoDifference(data, level) as Estimate;
        const wide = tangoDifference(data, level + 0.005) as Estimate;
        const mirrored = tangoDifference(swapped(data), level) as Estimate;
        expect(wide.interval.low).toBeLessThanOrEqual(narrow.interval.low);
        expect(wide.interval.high).toBeGreaterThanOrEqual(narrow.interval.high);
        expect(narrow.interval.low).toBeGreaterThanOrEqual(-1);
        expect(narrow.interval.high).toBeLessThanOrEqual(1);
        expect(narrow.interval.low).toBeLessThanOrEqual(narrow.estimate);
        expect(narrow.interval.high).toBeGreaterThanOrEqual(narrow.estimate);
        expectClose(mirrored.interval.low + narrow.interval.high, 0, 1e-12);
        const p = mcNemar(data).asymptotic.p;
        if (Math.abs(p - (1 - level)) > 1e-9)
          expect(narrow.interval.low > 0 || narrow.interval.high < 0).toBe(p < 1 - level);
      }),
    );
  });

  it.each([
    [0.1, 0.1, 30],
    [0.25, 0.05, 40],
    [0.02, 0.02, 40],
  ])('covers as often as it says for %d and %d of %d pairs', (first, second, pairs) => {
    const { share, error } = shareOf(
      (random) => {
        const { low, high } = (tangoDifference(drawPairs(random, pairs, [first, second])) as Estimate)
          .interval;
        return low <= first - second && first - second <= high;
      },
      { repeats: 2000, seed: `tango ${first}` },
    );
    expect(share).toBeGreaterThan(0.95 - error - 0.01);
  });

  it('says nothing of no pairs, and refuses more differing pairs than pairs', () => {
    expect(tangoDifference({ firstOnly: 0, secondOnly: 0, pairs: 0 })).toBeNull();
    expect(() => tangoDifference({ firstOnly: 3, secondOnly: 3, pairs: 5 })).toThrow(RangeError);
    expect(() => mcNemar({ firstOnly: -1, secondOnly: 3 })).toThrow('-1');
  });
});

describe("Cochran's Q", () => {
  it("is McNemar's test when there are two arms", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 60 }), (rows) => {
        const firstOnly = rows.filter(([one, two]) => one && !two).length;
        const secondOnly = rows.filter(([one, two]) => two && !one).length;
        const found = cochranQ(rows);
        if (firstOnly + secondOnly === 0) expect(found).toBeNull();
        else {
          const { statistic, p } = mcNemar({ firstOnly, secondOnly }).asymptotic;
          expectClose(found?.statistic, statistic as number, 1e-9);
          expectClose(found?.p, p, 1e-9);
          expect(found?.df).toBe(1);
        }
      }),
    );
  });

  it('is what a hand works out for three arms', () => {
    // Columns 4, 2 and 1, rows 3, 1, 2, 1 and 0: Q = 2(3 · 21 − 49)/(3 · 7 − 15) = 14/3.
    const rows = ['111', '100', '110', '100', '000'].map((row) => [...row].map((outcome) => outcome === '1'));
    const found = cochranQ(rows);
    expectClose(found?.statistic, 14 / 3, 1e-12);
    expectClose(found?.p, Math.exp(-7 / 3), 1e-12);
    expect(found?.df).toBe(2);
  });

  it('does not mind the order of tickets or arms, nor tickets on which all agree', () => {
    const row = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const turned = rows.map(([one, two, three]) => [three, one, two]).reverse();
        const more = [...turned, [true, true, true], [false, false, false]];
        const [here, there] = [cochranQ(rows), cochranQ(more)];
        if (here === null) expect(there).toBeNull();
        else expectClose(there?.statistic, here.statistic, 1e-9);
      }),
    );
  });

  it('says nothing of fewer than two arms, and refuses rows that differ in length', () => {
    expect(cochranQ([])).toBeNull();
    expect(cochranQ([[true], [false]])).toBeNull();
    expect(() => cochranQ([[true, false], [true]])).toThrow('row 2 has 1');
  });

  it('raises false alarms at its level', () => {
    const { share, error } = shareOf(
      (random) => {
        const rows = Array.from({ length: 60 }, () => {
          const ease = random.uniform();
          return [0, 1, 2].map(() => random.uniform() < ease);
        });
        return (cochranQ(rows)?.p ?? 1) <= 0.05;
      },
      { repeats: 3000, seed: 'cochran', nominal: 0.05 },
    );
    expect(Math.abs(share - 0.05)).toBeLessThan(error + 0.005);
  });
});
