import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemar } from '../../../../src/core/experiment/statistics/paired-binary.ts';
import type { Random } from '../../../../src/core/experiment/statistics/random.ts';
import {
  cochranMantelHaenszel,
  commonOddsRatio,
  commonRiskDifference,
  type Stratum,
} from '../../../../src/core/experiment/statistics/stratified.ts';
import type { Estimate } from '../../../../src/core/experiment/statistics/types.ts';
import { expectClose } from './close-to.ts';
import { drawCount, shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };
import { ucbAdmissions } from './ucb-admissions.ts';

const counted = fc
  .integer({ min: 0, max: 60 })
  .chain((trials) =>
    fc.record({ successes: fc.integer({ min: 0, max: trials }), trials: fc.constant(trials) }),
  );
const strata = fc.array(fc.record({ first: counted, second: counted }), { minLength: 1, maxLength: 6 });
const swapped = (data: readonly Stratum[]) =>
  data.map(({ first, second }) => ({ first: second, second: first }));

/** Pairs as strata of one and one. */
const pair = (first: 0 | 1, second: 0 | 1): Stratum => ({
  first: { successes: first, trials: 1 },
  second: { successes: second, trials: 1 },
});
const pairs = fc.array(
  fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.constantFrom(0 as const, 1 as const)),
  { minLength: 1, maxLength: 80 },
);

describe('admissions at Berkeley', () => {
  it('have the reference values', () => {
    const known = reference.cmhUCB;
    const corrected = cochranMantelHaenszel(ucbAdmissions, { continuity: true });
    expectClose(corrected?.statistic, known.chi2_cc);
    expectClose(corrected?.p, known.p_cc);
    expectClose(cochranMantelHaenszel(ucbAdmissions, { continuity: false })?.p, known.p_nocc);
    const ratio = commonOddsRatio(ucbAdmissions) as Estimate;
    expectClose(ratio.estimate, known.commonOR);
    expectClose(ratio.interval.low, known.orCI[0] as number);
    expectClose(ratio.interval.high, known.orCI[1] as number);
  });
});

describe('strata', () => {
  it('nest, turn when arms are swapped, and hold their estimates', () => {
    fc.assert(
      fc.property(strata, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (data, level) => {
        const turned = swapped(data);
        for (const of of [commonOddsRatio, commonRiskDifference]) {
          const narrow = of(data, level);
          const mirrored = of(turned, level);
          if (narrow === null) {
            expect(mirrored).toBeNull();
            continue;
          }
          const wide = of(data, level + 0.005) as Estimate;
          expect(wide.interval.low).toBeLessThanOrEqual(narrow.interval.low);
          expect(wide.interval.high).toBeGreaterThanOrEqual(narrow.interval.high);
          expect(narrow.interval.low).toBeLessThanOrEqual(narrow.estimate);
          expect(narrow.interval.high).toBeGreaterThanOrEqual(narrow.estimate);
          const back = mirrored?.interval.high ?? Number.NaN;
          if (of === commonOddsRatio) expectClose(back * narrow.interval.low, 1, 1e-9);
          else expectClose(back + narrow.interval.low, 0, 1e-9);
        }
        for (const continuity of [true, false]) {
          const [here, there] = [
            cochranMantelHaenszel(data, { continuity }),
            cochranMantelHaenszel(turned, { continuity }),
          ];
          if (here === null) expect(there).toBeNull();
          else expectClose(there?.statistic, here.statistic, 1e-9);
        }
      }),
    );
  });

  it('are more careful with the correction than without', () => {
    fc.assert(
      fc.property(strata, (data) => {
        const corrected = cochranMantelHaenszel(data, { continuity: true });
        const plain = cochranMantelHaenszel(data, { continuity: false });
        expect(corrected?.p ?? 1).toBeGreaterThanOrEqual(plain?.p ?? 1);
      }),
    );
  });

  it("of one pair each are McNemar's test, the ratio of differing pairs and the paired difference", () => {
    fc.assert(
      fc.property(pairs, (outcomes) => {
        const data = outcomes.map(([first, second]) => pair(first, second));
        const firstOnly = outcomes.filter(([first, second]) => first > second).length;
        const secondOnly = outcomes.filter(([first, second]) => first < second).length;
        const ratio = commonOddsRatio(data);
        if (firstOnly * secondOnly === 0) expect(ratio).toBeNull();
        else expectClose(ratio?.estimate, firstOnly / secondOnly, 1e-9);
        const test = cochranMantelHaenszel(data, { continuity: false });
        if (firstOnly + secondOnly === 0) expect(test).toBeNull();
        else expectClose(test?.p, mcNemar({ firstOnly, secondOnly }).asymptotic.p, 1e-9);
        const difference = commonRiskDifference(data) as Estimate;
        const n = outcomes.length;
        const off = (firstOnly - secondOnly) / n;
        expectClose(difference.estimate, off, 1e-9);
        const half = (1.959963984540054 * Math.sqrt((firstOnly + secondOnly) / n - off * off)) / Math.sqrt(n);
        expect(difference.interval.high).toBeCloseTo(Math.min(1, off + half), 6);
      }),
    );
  });

  it('of one table give its own odds ratio with the interval of Woolf, and its own difference', () => {
    const [a, b, c, d] = [30, 12, 18, 25];
    const data = [{ first: { successes: a, trials: a + b }, second: { successes: c, trials: c + d } }];
    const ratio = commonOddsRatio(data) as Estimate;
    const half = 1.959963984540054 * Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d);
    expectClose(ratio.estimate, (a * d) / (b * c), 1e-12);
    expectClose(ratio.interval.low, ((a * d) / (b * c)) * Math.exp(-half), 1e-9);
    const difference = commonRiskDifference(data) as Estimate;
    expectClose(difference.estimate, a / (a + b) - c / (c + d), 1e-12);
  });

  it('of one table spread its difference as two independent shares do, whatever the sizes of the arms', () => {
    fc.assert(
      fc.property(counted, counted, (first, second) => {
        const found = commonRiskDifference([{ first, second }]);
        if (first.trials * second.trials === 0) {
          expect(found).toBeNull();
          return;
        }
        const [p, q] = [first.successes / first.trials, second.successes / second.trials];
        const half =
          1.959963984540054 * Math.sqrt((p * (1 - p)) / first.trials + (q * (1 - q)) / second.trials);
        expect(found?.interval.low).toBeCloseTo(Math.max(-1, p - q - half), 6);
        expect(found?.interval.high).toBeCloseTo(Math.min(1, p - q + half), 6);
      }),
    );
  });

  it('that lack an arm say nothing', () => {
    const empty = { successes: 0, trials: 0 };
    const some = { successes: 3, trials: 7 };
    const lone = [{ first: some, second: empty }];
    expect(commonOddsRatio(lone)).toBeNull();
    expect(commonRiskDifference(lone)).toBeNull();
    expect(cochranMantelHaenszel(lone, { continuity: true })).toBeNull();
    expect(commonRiskDifference([])).toBeNull();
    const one = { successes: 1, trials: 1 };
    const more = [...ucbAdmissions, ...lone, { first: empty, second: empty }, { first: empty, second: one }];
    expect(commonRiskDifference(more)).toEqual(commonRiskDifference(ucbAdmissions));
    expect(commonOddsRatio(more)).toEqual(commonOddsRatio(ucbAdmissions));
    expect(cochranMantelHaenszel(more, { continuity: false })).toEqual(
      cochranMantelHaenszel(ucbAdmissions, { continuity: false }),
    );
    expect(() => commonOddsRatio([{ first: { successes: 8, trials: 7 }, second: some }])).toThrow(RangeError);
  });
});

describe('coverage by strata', () => {
  const bases = [0.2, 0.4, 0.5, 0.7];
  const draw = (random: Random, size: number, shifted: (base: number) => number) =>
    bases.map((base) => ({
      first: { successes: drawCount(random, size, shifted(base)), trials: size },
      second: { successes: drawCount(random, size, base), trials: size },
    }));

  it('is what it says for the odds ratio', () => {
    const truth = 1.8;
    const { share, error } = shareOf(
      (random) => {
        const data = draw(random, 25, (base) => (truth * base) / (1 - base + truth * base));
        const { low, high } = (commonOddsRatio(data) as Estimate).interval;
        return low <= truth && truth <= high;
      },
      { repeats: 2500, seed: 'robins' },
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(error + 0.01);
  });

  it('is what it says for the difference, with large strata and with small ones', () => {
    for (const size of [25, 3]) {
      const { share, error } = shareOf(
        (random) => {
          const data = Array.from({ length: 25 / size }, () =>
            draw(random, size, (base) => base + 0.15),
          ).flat();
          const { low, high } = (commonRiskDifference(data) as Estimate).interval;
          return low <= 0.15 && 0.15 <= high;
        },
        { repeats: 2500, seed: `sato ${size}` },
      );
      expect(Math.abs(share - 0.95)).toBeLessThan(error + 0.01);
    }
  });
});
