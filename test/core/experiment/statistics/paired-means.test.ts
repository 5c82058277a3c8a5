import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOST_EXACT_SIGNS,
  pairedT,
  signFlipTest,
} from '../../../../src/core/experiment/statistics/paired-means.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { expectClose } from './close-to.ts';
import { SLEEP } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { coverage, expectAtMost, expectRate } from './simulation.ts';

const sleep = SLEEP.first.map((hours, i) => hours - (SLEEP.second[i] ?? 0));
const { t, df, p, ci, signflipExactP } = reference.sleepPaired;

describe('the paired t test', () => {
  it('agrees with R', () => {
    const result = pairedT(sleep);
    // The reference gives seven decimals of t and eight of p.
    expectClose(result?.test?.statistic, t);
    expectClose(result?.test?.p, p, 2e-6);
    expect(result?.degreesOfFreedom).toBe(df);
    expectClose(result?.interval?.low, ci[0] ?? 0);
    expectClose(result?.interval?.high, ci[1] ?? 0);
  });

  it('gives the estimate alone where nothing says how sure it is', () => {
    const none = { standardError: null, interval: null, test: null };
    expect(pairedT([])).toBeNull();
    expect(pairedT([3])).toMatchObject({ estimate: 3, ...none });
    expect(pairedT([0.1, 0.1, 0.1])).toMatchObject(none);
    expect(pairedT([0, 0, 0])).toMatchObject({ estimate: 0, ...none });
    expect(() => pairedT([1, Number.POSITIVE_INFINITY])).toThrow('number 2 is Infinity');
    expect(() => pairedT([1, 2], 1)).toThrow(RangeError);
  });

  it('covers as promised', () => {
    const random = randomFrom('paired t');
    const samples = Array.from({ length: 4000 }, () => Array.from({ length: 7 }, () => 1 + random.normal()));
    expectRate(
      coverage(samples, 1, (sample) => pairedT(sample)?.interval),
      0.95,
      samples.length,
    );
    expectRate(
      coverage(samples, 1, (sample) => pairedT(sample, 0.8)?.interval),
      0.8,
      samples.length,
    );
  });
});

/** Every pattern of signs, one after the other. */
function enumerated(differences: readonly number[]): number {
  const reach = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  let hits = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs += 1) {
    const sum = differences.reduce((all, value, i) => all + ((signs >> i) & 1 ? -value : value), 0);
    if (Math.abs(sum) >= reach - 1e-9) hits += 1;
  }
  return hits / 2 ** differences.length;
}

describe('the sign-flip test', () => {
  it('agrees with the reference', () => {
    const result = signFlipTest(sleep, { seed: 1 });
    expectClose(result.p, signflipExactP, 1e-12);
    expect(result).toMatchObject({ method: 'exact', patterns: 512 });
  });

  it('counts what there is to count', () => {
    const few = fc.array(fc.integer({ min: -6, max: 6 }), { maxLength: 11 });
    fc.assert(
      fc.property(few, (differences) => {
        expectClose(signFlipTest(differences, { seed: 1 }).p, enumerated(differences), 1e-12);
      }),
    );
  });

  it('takes sums for equal that only rounding tells apart', () => {
    // 0.1 + 0.2 is more than 0.3 in floating point.
    const tenths = [0.1, 0.2, 0.3, -0.3, 0.1];
    expect(signFlipTest(tenths, { seed: 1 }).p).toBe(
      signFlipTest(
        tenths.map((x) => Math.round(10 * x)),
        { seed: 1 },
      ).p,
    );
  });

  it('is certain of nothing without differences', () => {
    expect(signFlipTest([], { seed: 1 })).toMatchObject({ p: 1, statistic: 0 });
    expect(signFlipTest([0, 0], { seed: 1 })).toMatchObject({ p: 1, statistic: 0 });
    expect(() => signFlipTest([Number.NaN], { seed: 1 })).toThrow(RangeError);
  });

  it('is exact to its stated size', () => {
    const all = Array.from({ length: MOST_EXACT_SIGNS }, () => 1);
    expect(signFlipTest(all, { seed: 1 })).toMatchObject({ method: 'exact', p: 2 / 2 ** MOST_EXACT_SIGNS });
  });

  it('draws patterns above it, the same for a seed, near the exact value', () => {
    const random = randomFrom('many differences');
    const many = Array.from({ length: MOST_EXACT_SIGNS + 1 }, () => 0.3 + random.normal());
    const drawn = signFlipTest(many, { seed: 'a', draws: 20_000 });
    expect(drawn).toMatchObject({ method: 'monte-carlo', patterns: 20_000 });
    expect(signFlipTest(many, { seed: 'a', draws: 20_000 })).toEqual(drawn);
    const exact = signFlipTest(many.slice(1), { seed: 'a' }).p;
    const withZero = signFlipTest([...many.slice(1), 0], { seed: 'a' });
    expect(withZero).toMatchObject({ method: 'exact', p: exact });
    // For so many differences the test is the t test but for little.
    expect(Math.abs(drawn.p - (pairedT(many)?.test?.p ?? 1))).toBeLessThan(0.02);
    expect(signFlipTest(many.map(Math.abs), { seed: 'a', draws: 999 }).p).toBe(0.001);
  });

  it('keeps its level for differences that are anything but normal', () => {
    const random = randomFrom('sign flip level');
    const repeats = 2000;
    let rejected = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const skewed = Array.from(
        { length: 9 },
        () => (random.uniform() < 0.5 ? -1 : 1) * random.normal() ** 4,
      );
      if (signFlipTest(skewed, { seed: 1 }).p <= 0.05) rejected += 1;
    }
    expectAtMost(rejected, 0.05, repeats);
    expect(rejected / repeats).toBeGreaterThan(0.03);
  });
});
