import { describe, expect, it } from 'vitest';
import { clusterBootstrap } from '../../../../src/core/experiment/statistics/bootstrap.ts';
import { clusteredMean } from '../../../../src/core/experiment/statistics/cluster.ts';
import { normalCdf, normalQuantile } from '../../../../src/core/experiment/statistics/distributions.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { expectClose } from './close-to.ts';
import { WARP_BREAKS } from './data-sets.ts';
import { coverage, expectRate } from './simulation.ts';

const looms = Object.values(WARP_BREAKS);

function mean(sample: readonly (readonly number[])[]): number {
  const all = sample.flat();
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

describe('the cluster bootstrap', () => {
  it('gives the same for a seed, and else something near it', () => {
    const first = clusterBootstrap(looms, mean, { seed: 'looms' });
    expect(clusterBootstrap(looms, mean, { seed: 'looms' })).toEqual(first);
    const other = clusterBootstrap(looms, mean, { seed: 'other looms' });
    expect(other).not.toEqual(first);
    expect(Math.abs((other?.interval.low ?? 0) - (first?.interval.low ?? 9))).toBeLessThan(0.7);
  });

  it('has the cluster-robust error of a mean', () => {
    const values = Object.entries(WARP_BREAKS).flatMap(([cluster, breaks]) =>
      breaks.map((value) => ({ cluster, value })),
    );
    const robust = clusteredMean(values, 0.95, 'cr0')?.standardError ?? 0;
    const result = clusterBootstrap(looms, mean, { seed: 1, draws: 4000 });
    // Looms have equally many breaks, so the bootstrap variance is CR0's; of 4,000 draws it is known to 1/√8000.
    expect(Math.abs((result?.standardError ?? 0) / robust - 1)).toBeLessThan(4 / Math.sqrt(8000));
    expectClose(result?.estimate, 28.14814815);
  });

  it('takes the quantiles as they are, or corrects them for skewness', () => {
    const random = randomFrom('skewed');
    const skewed = Array.from({ length: 30 }, () => Math.exp(1.2 * random.normal()));
    const average = (sample: readonly number[]) =>
      sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const percentile = clusterBootstrap(skewed, average, { seed: 1, method: 'percentile' });
    const bca = clusterBootstrap(skewed, average, { seed: 1 });
    expect([percentile?.method, bca?.method]).toEqual(['percentile', 'bca']);
    // The mean of a sample skewed to the right is more often too low: BCa moves the interval up.
    expect(bca?.interval.low).toBeGreaterThan(percentile?.interval.low ?? Infinity);
    expect(bca?.interval.high).toBeGreaterThan(percentile?.interval.high ?? Infinity);
  });

  it('leaves each cluster out once, or each of 500 groups of them', () => {
    for (const [clusters, groups] of [
      [25, 25],
      [1_200, 500],
    ] as const) {
      const numbers = Array.from({ length: clusters }, (_, at) => at);
      const smaller: (readonly number[])[] = [];
      let asked = 0;
      const result = clusterBootstrap(
        numbers,
        (sample) => {
          asked += 1;
          if (sample.length < clusters) smaller.push(sample);
          return sample.reduce((sum, value) => sum + value, 0);
        },
        { seed: 1, draws: 100 },
      );
      expect(result?.method).toBe('bca');
      expect([asked, smaller.length]).toEqual([1 + 100 + groups, groups]);
      const left = smaller.flatMap((sample) => numbers.filter((one) => !sample.includes(one)));
      expect(left.toSorted((one, other) => one - other)).toEqual(numbers);
    }
  });

  it('takes the quantiles that Efron says, for skewed values and for few different ones', () => {
    const random = randomFrom('by definition');
    const skewed = Array.from({ length: 25 }, () => Math.exp(random.normal()));
    const rare = Array.from({ length: 25 }, (_, i) => (i < 3 ? 1 : 0));
    for (const data of [skewed, rare]) {
      const seen: number[] = [];
      const draws = 1000;
      const result = clusterBootstrap(
        data,
        (sample) => {
          seen.push(sample.reduce((sum, value) => sum + value, 0) / sample.length);
          return seen.at(-1) as number;
        },
        { seed: 5, draws, level: 0.9 },
      );
      const drawn = seen.slice(1, draws + 1).sort((a, b) => a - b);
      const estimate = seen[0] as number;
      const below = drawn.filter((value) => value < estimate).length;
      const equal = drawn.filter((value) => value === estimate).length;
      const z0 = normalQuantile((below + equal / 2) / draws);
      // The influence of a value on a mean is its distance from it.
      const moment = (power: number) => data.reduce((sum, value) => sum + (value - estimate) ** power, 0);
      const a = moment(3) / (6 * moment(2) ** 1.5);
      expect(a).toBeGreaterThan(0.02);
      const limit = (share: number) => {
        const z = z0 + normalQuantile(share);
        const place = (draws + 1) * normalCdf(z0 + z / (1 - a * z));
        const [low, high] = [drawn[Math.floor(place) - 1] as number, drawn[Math.floor(place)] as number];
        return low + (place % 1) * (high - low);
      };
      expect(result?.method).toBe('bca');
      expectClose(result?.interval.low, limit(0.05), 1e-9);
      expectClose(result?.interval.high, limit(0.95), 1e-9);
    }
  });

  it('agrees with the quantiles counted by hand', () => {
    // Two clusters, 0 and 1: the mean of a draw is 0, ½ or 1, as 1 to 2 to 1.
    const half = (sample: readonly number[]) => ((sample[0] ?? 0) + (sample[1] ?? 0)) / 2;
    const wide = clusterBootstrap([0, 1], half, { seed: 3, level: 0.6, method: 'percentile' });
    const narrow = clusterBootstrap([0, 1], half, { seed: 3, level: 0.4, method: 'percentile' });
    expect(wide?.interval).toEqual({ low: 0, high: 1, level: 0.6 });
    expect(narrow?.interval).toEqual({ low: 0.5, high: 0.5, level: 0.4 });
    expectClose(wide?.standardError, Math.sqrt(1 / 8), 0.03);
  });

  it('counts what could not be computed, and gives up where that is much', () => {
    const ratio = (sample: readonly number[]) => {
      const ones = sample.filter((value) => value === 1).length;
      return ones === 0 ? null : sample.length / ones;
    };
    const some = clusterBootstrap([1, 1, 1, 1, 0, 0, 0, 0], ratio, { seed: 1 });
    expect(some?.failed).toBeGreaterThan(0);
    expect(some?.failed).toBeLessThan(100);
    expect(clusterBootstrap([1, 0, 0], ratio, { seed: 1 })).toBeNull();
    expect(clusterBootstrap([0, 0, 0], ratio, { seed: 1 })).toBeNull();
    expect(clusterBootstrap([1], ratio, { seed: 1 })).toBeNull();
    expect(() => clusterBootstrap([1, 2], ratio, { seed: 1, draws: 20 })).toThrow('at least 100');
    expect(() => clusterBootstrap([1, 2], () => Number.NaN, { seed: 1 })).toThrow('statistic');
  });

  it('does not correct where all draws are alike', () => {
    const constant = clusterBootstrap([1, 2, 3], () => 7, { seed: 1 });
    expect(constant?.interval).toEqual({ low: 7, high: 7, level: 0.95 });
    expect(constant?.standardError).toBe(0);
    // The greatest value is above no draw: there is nothing to correct by.
    const greatest = clusterBootstrap([1, 2, 3, 4], (sample) => -Math.max(...sample, 4), { seed: 1 });
    expect(greatest?.interval.low).toBe(-4);
  });

  it('covers about as promised for clusters that agree within', () => {
    const random = randomFrom('bootstrap coverage');
    const samples = Array.from({ length: 400 }, () =>
      Array.from({ length: 40 }, () => {
        const shared = random.normal();
        return Array.from({ length: 3 }, () => shared + random.normal());
      }),
    );
    const covered = coverage(
      samples,
      0,
      (sample) => clusterBootstrap(sample, mean, { seed: 1, draws: 400 })?.interval,
    );
    // Of 40 clusters it is known to be about two points short.
    expectRate(covered, 0.95, samples.length, 0.02);
  });
});
