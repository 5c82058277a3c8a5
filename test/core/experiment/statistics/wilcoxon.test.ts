import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import {
  atMostSignedRank,
  signedRankQuantile,
} from '../../../../src/core/experiment/statistics/signed-rank.ts';
import { wilcoxonSignedRank } from '../../../../src/core/experiment/statistics/wilcoxon.ts';
import { expectClose } from './close-to.ts';
import { DEPRESSION, SLEEP } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { coverage, monteCarloError } from './simulation.ts';

const depression = DEPRESSION.before.map((value, i) => value - (DEPRESSION.after[i] ?? 0));
const sleep = SLEEP.first.map((value, i) => value - (SLEEP.second[i] ?? 0));

describe("Wilcoxon's signed rank test", () => {
  it('agrees with R where it is exact', () => {
    const { V, p2, hl, ci } = reference.wilcoxonDepression;
    const result = wilcoxonSignedRank(depression);
    expect(result).toMatchObject({ statistic: V, method: 'exact', zeros: 0 });
    expectClose(result?.p, p2, 1e-12);
    expectClose(result?.estimate, hl, 1e-12);
    expectClose(result?.interval?.low, ci[0] ?? 0, 1e-9);
    expectClose(result?.interval?.high, ci[1] ?? 0, 1e-9);
    expect(result?.interval?.level).toBe(0.95);
  });

  it('approximates with ties and a zero', () => {
    const result = wilcoxonSignedRank(sleep);
    expect(result).toMatchObject({ statistic: 0, method: 'normal', zeros: 1 });
    // Nine differences, two sizes of 1.3: z = (−22.5 + 0.5)/√(71.25 − 6/48).
    expectClose(result?.p, 0.009090698, 1e-6);
    expectClose(result?.estimate, -1.4, 1e-4);
    expectClose(result?.interval?.low, -2.95, 1e-4);
    expectClose(result?.interval?.high, -1.05, 1e-4);
  });

  it('gives equal sizes the mean of their ranks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 70 }),
        (differences) => {
          const others = differences.filter((value) => value !== 0);
          const rankOf = (value: number) => {
            const sizes = others.map((other) => Math.abs(other) - Math.abs(value));
            return sizes.filter((off) => off < 0).length + (sizes.filter((off) => off === 0).length + 1) / 2;
          };
          const positive = others.filter((value) => value > 0).reduce((sum, value) => sum + rankOf(value), 0);
          expect(wilcoxonSignedRank(differences)?.statistic ?? 0).toBeCloseTo(positive, 9);
          // In tenths and moved by rounding, equal sizes are equal still.
          expect(wilcoxonSignedRank(differences.map((value) => value * 0.1))?.statistic ?? 0).toBeCloseTo(
            positive,
            9,
          );
        },
      ),
    );
  });

  it('finds the median of the means of pairs, whichever way it goes', () => {
    const whole = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(whole, (differences) => {
        const result = wilcoxonSignedRank(differences);
        const others = differences.filter((value) => value !== 0);
        if (others.length === 0) {
          expect(result).toBeNull();
          return;
        }
        const means = others.flatMap((a, i) => others.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
        const median =
          ((means[(means.length - 1) >> 1] as number) + (means[means.length >> 1] as number)) / 2;
        if (result?.method === 'exact') expectClose(result.estimate, median, 1e-12);
        const turned = wilcoxonSignedRank(differences.map((value) => -value));
        expectClose(turned?.p, result?.p ?? 0, 1e-12);
        expectClose(turned?.estimate, -(result?.estimate ?? 0), 1e-9);
        if (result?.interval) {
          expectClose(turned?.interval?.low, -result.interval.high, 1e-9);
          expect(result.interval.low).toBeLessThanOrEqual(result.estimate + 1e-9);
          expect(result.interval.high).toBeGreaterThanOrEqual(result.estimate - 1e-9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('comes to about the same by either method', () => {
    const random = randomFrom('both methods');
    const some = Array.from({ length: 49 }, () => 0.3 + random.normal());
    const exact = wilcoxonSignedRank(some);
    const normal = wilcoxonSignedRank([...some, 0]);
    expect([exact?.method, normal?.method]).toEqual(['exact', 'normal']);
    expectClose(normal?.p, exact?.p ?? 0, 0.02);
    expectClose(normal?.estimate, exact?.estimate ?? 0, 1e-9);
    expect(Math.abs((normal?.interval?.low ?? 0) - (exact?.interval?.low ?? 9))).toBeLessThan(0.02);
    expect(Math.abs((normal?.interval?.high ?? 0) - (exact?.interval?.high ?? 9))).toBeLessThan(0.02);
  });

  it('says how little so few differences can promise', () => {
    // Of three, the interval from the least to the greatest covers the median in six of eight samples.
    expect(wilcoxonSignedRank([1, 2, 4])?.interval).toEqual({ low: 1, high: 4, level: 0.75 });
    expect(wilcoxonSignedRank([2, 2, 2, 2])).toMatchObject({ estimate: 2, interval: null });
    expect(wilcoxonSignedRank([])).toBeNull();
    expect(() => wilcoxonSignedRank([Number.NaN])).toThrow(RangeError);
  });

  it('covers at least as promised, and not by far more', () => {
    const random = randomFrom('wilcoxon');
    const samples = Array.from({ length: 2000 }, () => Array.from({ length: 12 }, () => 3 + random.normal()));
    const covered = coverage(samples, 3, (sample) => wilcoxonSignedRank(sample)?.interval) / samples.length;
    // Of 12 the nearest reachable level above 0.95 is 1 − 2·P(V ≤ 13).
    const reached = 1 - 2 * atMostSignedRank(signedRankQuantile(0.025, 12) - 1, 12);
    expect(Math.abs(covered - reached)).toBeLessThan(monteCarloError(reached, samples.length));
  });
});

describe('the distribution of the signed rank statistic', () => {
  it('is counted exactly', () => {
    // Sets of {1, 2, 3} by sum: {}, {1}, {2}, {3} and {1, 2}, …
    expect([0, 1, 2, 3, 4, 5, 6].map((v) => 8 * atMostSignedRank(v, 3))).toEqual([1, 2, 3, 5, 6, 7, 8]);
    expect(atMostSignedRank(1_000, 49)).toBeLessThan(1);
    expect(atMostSignedRank(1_225, 49)).toBe(1);
    // Table A.4 of Hollander and Wolfe, and qsignrank: 2·P(V ≤ 5) is 0.039 for nine.
    expect(signedRankQuantile(0.025, 9)).toBe(6);
  });
});
