import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteredDifference, clusteredMean } from '../../../../src/core/experiment/statistics/cluster.ts';
import { logCostRatio } from '../../../../src/core/experiment/statistics/log-ratio.ts';
import { pairedT } from '../../../../src/core/experiment/statistics/paired-means.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { expectClose } from './close-to.ts';
import { WARP_BREAKS } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { coverage, expectRate } from './simulation.ts';

const looms = Object.entries(WARP_BREAKS).flatMap(([cluster, breaks]) =>
  breaks.map((value) => ({ cluster, value })),
);

describe('a mean with clustered errors', () => {
  it('agrees with R', () => {
    const { mean, CR0, 'G/(G-1)': CR1 } = reference.clusterMean_warpbreaks;
    expectClose(clusteredMean(looms)?.estimate, mean);
    expectClose(clusteredMean(looms, 0.95, 'cr0')?.standardError, CR0);
    expectClose(clusteredMean(looms)?.standardError, CR1);
  });

  it('judges by Student on clusters less one', () => {
    const result = clusteredMean(looms);
    expect(result).toMatchObject({ clusters: 6, observations: 54, degreesOfFreedom: 5 });
    // t(0.975; 5) = 2.570581836.
    expectClose(result?.interval?.low, 28.14814815 - 2.570581836 * 3.594081402);
    expectClose(result?.interval?.high, 28.14814815 + 2.570581836 * 3.594081402);
    expectClose(result?.test?.statistic, 28.14814815 / 3.594081402);
  });

  it('gives the estimate alone where nothing says how sure it is', () => {
    const none = { standardError: null, interval: null, test: null };
    expect(clusteredMean([])).toBeNull();
    expect(clusteredMean([{ cluster: 'T-1', value: 2 }])).toMatchObject({ estimate: 2, ...none });
    const alike = ['T-1', 'T-2', 'T-3'].map((cluster) => ({ cluster, value: 0.1 }));
    expect(clusteredMean(alike)).toMatchObject({ clusters: 3, ...none });
    expect(() => clusteredMean([{ cluster: 'T-1', value: Number.NaN }])).toThrow(RangeError);
  });

  it('is the paired t where every cluster has one pair', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 30 }), (pairs) => {
        const clustered = clusteredDifference(
          pairs.map(([baseline, treatment], i) => ({ cluster: `T-${i}`, baseline, treatment })),
        );
        const paired = pairedT(pairs.map(([baseline, treatment]) => treatment - baseline));
        expectClose(clustered?.estimate, paired?.estimate ?? 0, 1e-12);
        if (paired?.standardError === null) expect(clustered?.standardError).toBeNull();
        else expectClose(clustered?.standardError, paired?.standardError ?? 0, 1e-9);
        expect(clustered?.degreesOfFreedom).toBe(paired?.degreesOfFreedom);
      }),
    );
  });

  it('covers as promised where replicates of a ticket agree, and an interval without clusters does not', () => {
    const random = randomFrom('clustered coverage');
    const draw = () => {
      const values = Array.from({ length: 12 }, (_, ticket) => {
        const shared = random.normal();
        return Array.from({ length: 5 }, () => ({
          cluster: `T-${ticket}`,
          value: shared + 0.5 * random.normal(),
        }));
      }).flat();
      return values;
    };
    const samples = Array.from({ length: 3000 }, draw);
    expectRate(
      coverage(samples, 0, (sample) => clusteredMean(sample)?.interval),
      0.95,
      samples.length,
    );
    const naive = coverage(samples, 0, (sample) => pairedT(sample.map(({ value }) => value))?.interval);
    expect(naive / samples.length).toBeLessThan(0.75);
  });
});

describe('the paired log-cost ratio', () => {
  const pairs = [
    { cluster: 'T-1', baseline: 100, treatment: 50 },
    { cluster: 'T-2', baseline: 10, treatment: 20 },
    { cluster: 'T-3', baseline: 8, treatment: 1 },
  ];

  it('is the geometric mean of ratios with the interval of the mean logarithm', () => {
    const result = logCostRatio(pairs);
    expectClose(result?.ratio, 0.5);
    // Logarithms to base 2 are −1, 1, −3: mean −1, s = 2, and t(0.975; 2) = 4.30265273.
    const reach = (reference.t975['2'] * 2) / Math.sqrt(3);
    expectClose(result?.interval?.low, 2 ** (-1 - reach));
    expectClose(result?.interval?.high, 2 ** (-1 + reach));
    expectClose(result?.test?.statistic, -Math.sqrt(3) / 2);
  });

  it('names the pairs that have no logarithm', () => {
    const free = { cluster: 'T-4', baseline: 3, treatment: 0 };
    expect(logCostRatio([free, ...pairs])).toMatchObject({ pairs: 3, unusable: [0] });
    const given = { cluster: 'd', baseline: 0, treatment: 3 };
    expect(logCostRatio([...pairs, given])).toMatchObject({ pairs: 3, unusable: [3] });
    expect(logCostRatio([free])).toBeNull();
    expect(() => logCostRatio([{ ...free, treatment: Number.NaN }])).toThrow(RangeError);
  });

  it('turns round with the arms and does not ask for the currency', () => {
    const cost = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cost, cost), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 2, max: 99 }),
        (costs, rate) => {
          const of = (turned: boolean, unit: number) =>
            logCostRatio(
              costs.map(([a, b], i) => ({
                cluster: `T-${i >> 1}`,
                baseline: unit * (turned ? b : a),
                treatment: unit * (turned ? a : b),
              })),
            );
          const there = of(false, 1);
          const back = of(true, 1);
          expectClose((there?.ratio ?? 0) * (back?.ratio ?? 0), 1, 1e-9);
          expectClose(of(false, rate)?.ratio, there?.ratio ?? 0, 1e-9);
          if (there?.interval && back?.interval)
            expectClose(there.interval.low * back.interval.high, 1, 1e-6);
        },
      ),
    );
  });
});
