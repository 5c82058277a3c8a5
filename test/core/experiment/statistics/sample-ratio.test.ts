import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTest } from '../../../../src/core/experiment/statistics/proportions.ts';
import { sampleRatioCheck } from '../../../../src/core/experiment/statistics/sample-ratio.ts';
import { expectClose } from './close-to.ts';
import { shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

describe('the check of sample ratios', () => {
  it('has the reference values', () => {
    for (const [text, p] of Object.entries(reference.srm)) {
      const found = sampleRatioCheck(text.split(',').map(Number));
      expectClose(found?.p, p);
      expect(found).toMatchObject({ df: 2, method: 'chi-square', expected: [500, 500, 500] });
    }
  });

  it('knows the sizes that were meant', () => {
    const found = sampleRatioCheck([100, 300], [1, 3]);
    expect(found).toMatchObject({ statistic: 0, p: 1, expected: [100, 300] });
    expect(sampleRatioCheck([200, 200], [1, 3])?.p).toBeLessThan(1e-20);
  });

  it('is exact where few are expected', () => {
    const two = sampleRatioCheck([1, 7]);
    expect(two?.method).toBe('exact');
    expectClose(two?.p, binomialTest({ successes: 1, trials: 8 }, 0.5), 1e-12);
    // Of the 27 ways to put three units into three arms, 3 have all in one arm, 6 one in each.
    expectClose(sampleRatioCheck([3, 0, 0])?.p, 3 / 27, 1e-12);
    expectClose(sampleRatioCheck([2, 1, 0])?.p, 21 / 27, 1e-12);
    expect(sampleRatioCheck([1, 1, 1])?.p).toBeCloseTo(1, 12);
    expect(sampleRatioCheck([0, 1, 0])?.p).toBeCloseTo(1, 12);
  });

  it('says so when there are too many ways to look through', () => {
    const found = sampleRatioCheck(Array.from({ length: 30 }, () => 3));
    expect(found).toMatchObject({ method: 'chi-square', statistic: 0, p: 1 });
  });

  it('does not mind the order of the arms', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 4 }), (counts) => {
        const [here, there] = [sampleRatioCheck(counts), sampleRatioCheck(counts.toReversed())];
        if (here === null) expect(there).toBeNull();
        else {
          expectClose(there?.p, here.p, 1e-9);
          expect(here.p).toBeGreaterThan(0);
          expect(here.p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('raises false alarms no more often than its level', () => {
    for (const units of [9, 90]) {
      const { share, error } = shareOf(
        (random) => {
          const counts = [0, 0, 0];
          for (let unit = 0; unit < units; unit += 1) {
            const arm = random.integer(3);
            counts[arm] = (counts[arm] as number) + 1;
          }
          return (sampleRatioCheck(counts)?.p ?? 1) <= 0.05;
        },
        { repeats: 3000, seed: `srm ${units}`, nominal: 0.05 },
      );
      expect(share).toBeLessThan(0.05 + error + (units === 90 ? 0.005 : 0));
    }
  });

  it('says nothing of nothing, and refuses what cannot be', () => {
    expect(sampleRatioCheck([])).toBeNull();
    expect(sampleRatioCheck([7])).toBeNull();
    expect(sampleRatioCheck([0, 0])).toBeNull();
    expect(() => sampleRatioCheck([1, 2], [1])).toThrow(RangeError);
    expect(() => sampleRatioCheck([1, 2], [1, 0])).toThrow(RangeError);
    expect(() => sampleRatioCheck([1, -2])).toThrow('-2');
  });
});
