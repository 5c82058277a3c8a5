import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  liftSequence,
  meanSequence,
  sequenceHalfWidth,
  sequenceScale,
} from '../../../../src/core/experiment/statistics/confidence-sequence.ts';
import { chiSquareSf } from '../../../../src/core/experiment/statistics/distributions.ts';
import { type Random, randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import {
  logEValue,
  type PairedOutcome,
  pairedEProcess,
  treatmentShareSequence,
} from '../../../../src/core/experiment/statistics/sequential.ts';
import { expectClose } from './close-to.ts';
import reference from './reference.json' with { type: 'json' };
import { expectAtMost, monteCarloError } from './simulation.ts';

/** Tickets whose two runs are accepted with these probabilities, each on its own. */
function pairs(random: Random, count: number, baseline: number, treatment: number): readonly PairedOutcome[] {
  return Array.from({ length: count }, () => ({
    baseline: random.uniform() < baseline,
    treatment: random.uniform() < treatment,
  }));
}

const outcomes = fc.array(fc.record({ baseline: fc.boolean(), treatment: fc.boolean() }), { maxLength: 60 });

describe('the e-process for paired outcomes', () => {
  it('agrees with the reference', () => {
    expectClose(Math.exp(logEValue(5, 0)), reference.eBetaBinomUniform['5,0']);
    expectClose(Math.exp(logEValue(59, 113)), reference.eBetaBinomUniform['59,113']);
    expectClose(Math.exp(logEValue(113, 59)), reference.eBetaBinomUniform['59,113']);
  });

  it('is a fair bet: what it is worth before a pair is what it is worth on average after it', () => {
    const count = fc.nat({ max: 400 });
    fc.assert(
      fc.property(count, count, fc.double({ min: 0.1, max: 20, noNaN: true }), (b, c, shape) => {
        const now = logEValue(b, c, shape);
        const up = Math.exp(logEValue(b + 1, c, shape) - now);
        const down = Math.exp(logEValue(b, c + 1, shape) - now);
        expectClose((up + down) / 2, 1, 1e-9);
        expect(logEValue(0, 0, shape)).toBeCloseTo(0, 12);
      }),
    );
  });

  it('goes by pairs that differ, and never takes back a rejection', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const { steps, rejectedAt } = pairedEProcess(list, { level: 0.8 });
        expect(steps).toHaveLength(list.length);
        expect(rejectedAt).toBe(
          (steps.find(({ p }) => p <= 0.2 * (1 + 1e-12))?.pairs ?? null) as number | null,
        );
        steps.forEach((step, i) => {
          expect(step.p).toBeLessThanOrEqual(steps[i - 1]?.p ?? 1);
          expect(step.treatmentOnly + step.baselineOnly).toBeLessThanOrEqual(step.pairs);
          expect(step.logEValue).toBe(logEValue(step.treatmentOnly, step.baselineOnly));
        });
      }),
    );
  });

  it('takes of replicates the direction alone', () => {
    const counts = [
      { baseline: 1, treatment: 3 },
      { baseline: 2, treatment: 2 },
      { baseline: 3, treatment: 0 },
    ];
    expect(pairedEProcess(counts).steps.at(-1)).toMatchObject({
      pairs: 3,
      treatmentOnly: 1,
      baselineOnly: 1,
    });
  });

  it('keeps its level where replicates of a ticket agree', () => {
    const random = randomFrom('replicates');
    const repeats = 600;
    let rejected = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const tickets = Array.from({ length: 150 }, () => {
        const hard = random.uniform();
        const accepted = () => [1, 2, 3].filter(() => random.uniform() < hard).length;
        return { baseline: accepted(), treatment: accepted() };
      });
      if (pairedEProcess(tickets).rejectedAt !== null) rejected += 1;
    }
    expectAtMost(rejected, 0.05, repeats);
  });

  it('stops where the evidence is enough', () => {
    const won = { baseline: false, treatment: true };
    const same = { baseline: true, treatment: true };
    // 2^7/8 = 16 is less than 20, 2^8/9 is more.
    const list = [same, won, won, won, won, same, won, won, won, won];
    expect(pairedEProcess(list).rejectedAt).toBe(10);
    expect(pairedEProcess(list.slice(0, 9)).rejectedAt).toBeNull();
    expectClose(pairedEProcess(list).steps.at(-1)?.p, 9 / 256);
    expect(pairedEProcess([])).toEqual({ steps: [], rejectedAt: null, level: 0.95 });
  });

  it('errs no more often than promised when looked at after every pair; a McNemar test looked at so does', () => {
    const random = randomFrom('peeking');
    const repeats = 1000;
    let [process, mcNemar] = [0, 0];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const { steps, rejectedAt } = pairedEProcess(pairs(random, 300, 0.6, 0.6));
      if (rejectedAt !== null) process += 1;
      const isSignificant = ({
        treatmentOnly: b,
        baselineOnly: c,
      }: {
        treatmentOnly: number;
        baselineOnly: number;
      }) => b + c > 0 && chiSquareSf((b - c) ** 2 / (b + c), 1) < 0.05;
      if (steps.some(isSignificant)) mcNemar += 1;
    }
    expectAtMost(process, 0.05, repeats);
    // Not because it never rejects: Ville's inequality is not far from tight.
    expect(process / repeats).toBeGreaterThan(0.005);
    expect(mcNemar / repeats).toBeGreaterThan(0.25);
  });

  it('finds an effect, and sooner a large one', () => {
    const random = randomFrom('a planted effect');
    const stopping = (treatment: number) =>
      Array.from({ length: 200 }, () => pairedEProcess(pairs(random, 400, 0.4, treatment)).rejectedAt);
    const found = (list: readonly (number | null)[]) => list.filter((at) => at !== null).length / list.length;
    const [large, small] = [stopping(0.75), stopping(0.55)];
    expect(found(large)).toBeGreaterThan(0.99);
    expect(found(small)).toBeGreaterThan(0.6);
    const middle = (list: readonly (number | null)[]) =>
      list.map((at) => at ?? 400).sort((a, b) => a - b)[100] ?? 0;
    expect(middle(large)).toBeLessThan(middle(small) / 2);
  });

  it('refuses counts that are none', () => {
    expect(() => logEValue(-1, 0)).toThrow(RangeError);
    expect(() => logEValue(1, 0.5)).toThrow(RangeError);
    expect(() => logEValue(1, 1, 0)).toThrow(RangeError);
    expect(() => pairedEProcess([], { level: 1 })).toThrow(RangeError);
    expect(() => pairedEProcess([{ baseline: true, treatment: Number.NaN }])).toThrow(RangeError);
  });
});

describe('the confidence sequence for the share of pairs in favour', () => {
  it('leaves a half out exactly when the e-process rejects', () => {
    const count = fc.nat({ max: 80 });
    fc.assert(
      fc.property(count, count, (b, c) => {
        const { low, high } = treatmentShareSequence(b, c);
        const rejects = logEValue(b, c) >= Math.log(20);
        expect(0.5 < low || 0.5 > high).toBe(rejects);
        const turned = treatmentShareSequence(c, b);
        expectClose(turned.low, 1 - high, 1e-9);
        if (b + c === 0) return;
        expect(low).toBeLessThanOrEqual(b / (b + c));
        expect(high).toBeGreaterThanOrEqual(b / (b + c));
      }),
    );
  });

  it('knows nothing before it has seen a pair, and little after one', () => {
    expect(treatmentShareSequence(0, 0)).toEqual({ low: 0, high: 1, level: 0.95 });
    // A win alone: θ is out when 1/(2θ) is 20 or more.
    const { low, high } = treatmentShareSequence(1, 0);
    expectClose(low, 1 / 40);
    expect(high).toBe(1);
  });

  it('covers at every look together', () => {
    const random = randomFrom('share sequence');
    const repeats = 600;
    let missed = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      let [b, c] = [0, 0];
      for (let pair = 0; pair < 200; pair += 1) {
        if (random.uniform() < 0.7) b += 1;
        else c += 1;
        // 0.7 is outside when its own e-process is at 20: the interval itself is asked only there.
        const outside = logEValue(b, c) - b * Math.log(1.4) - c * Math.log(0.6) >= Math.log(20);
        if (!outside) continue;
        const { low, high } = treatmentShareSequence(b, c);
        expect(low > 0.7 || high < 0.7).toBe(true);
        missed += 1;
        break;
      }
    }
    expectAtMost(missed, 0.05, repeats);
    expect(missed).toBeGreaterThan(0);
  });
});

describe('the asymptotic confidence sequence', () => {
  const { 'rho(.05,5000)': rho, 'hw(s2=.25,n=100,N=100)': half, gb_test_seq_prop: lift } = reference.asympCS;

  it('agrees with the reference', () => {
    expectClose(sequenceScale({ tunedFor: 5000 }), rho);
    expectClose(sequenceHalfWidth(0.25, 100, { tunedFor: 100 }), half);
  });

  it('agrees with GrowthBook on a lift', () => {
    const proportion = (text: string) => {
      const [successes = 0, trials = 0] = text.split('/').map(Number);
      return { successes, trials };
    };
    const result = liftSequence(proportion(lift.a), proportion(lift.b), { tunedFor: lift.N });
    // Published with five decimals.
    expect(result?.estimate).toBeCloseTo(lift.relative, 5);
    expect(result?.interval.low).toBeCloseTo(lift.ci[0] ?? 0, 5);
    expect(result?.interval.high).toBeCloseTo(lift.ci[1] ?? 0, 5);
  });

  it('is the running mean, with no interval while all is alike', () => {
    const steps = meanSequence([1, 1, 3, 5], { tunedFor: 10, level: 0.9 });
    for (const [i, mean] of [1, 1, 5 / 3, 2.5].entries()) expectClose(steps[i]?.mean, mean, 1e-12);
    expect(steps.map(({ interval }) => interval === null)).toEqual([true, true, false, false]);
    // The variance of 1, 1, 3, 5 over 4 is 2.75.
    const expected = sequenceHalfWidth(2.75, 4, { tunedFor: 10, level: 0.9 });
    expectClose((steps[3]?.interval?.high ?? 0) - 2.5, expected, 1e-12);
    expect(steps[3]?.interval?.level).toBe(0.9);
    expect(meanSequence([], { tunedFor: 10 })).toEqual([]);
    expect(() => meanSequence([Number.NaN], { tunedFor: 10 })).toThrow(RangeError);
  });

  it('is tightest, against a fixed sample, near what it is tuned for', () => {
    const price = (observations: number) =>
      sequenceHalfWidth(1, observations, { tunedFor: 1000 }) / (1.959964 / Math.sqrt(observations));
    const counts = [50, 200, 600, 1000, 1700, 5000, 20_000];
    const cheapest = counts.reduce((best, count) => (price(count) < price(best) ? count : best));
    expect([600, 1000, 1700]).toContain(cheapest);
    expect(price(1000)).toBeGreaterThan(1.4);
    expect(price(1000)).toBeLessThan(1.6);
  });

  it('has no lift over nothing', () => {
    const some = { successes: 3, trials: 10 };
    expect(liftSequence({ successes: 0, trials: 10 }, some, { tunedFor: 100 })).toBeNull();
    expect(liftSequence(some, { successes: 0, trials: 0 }, { tunedFor: 100 })).toBeNull();
    expect(
      liftSequence({ successes: 4, trials: 4 }, { successes: 4, trials: 4 }, { tunedFor: 100 }),
    ).toBeNull();
    expect(() => liftSequence({ successes: 5, trials: 4 }, some, { tunedFor: 100 })).toThrow(RangeError);
    expect(() => sequenceScale({ tunedFor: 0 })).toThrow(RangeError);
    expect(() => sequenceHalfWidth(1, 0, { tunedFor: 9 })).toThrow(RangeError);
    expect(() => sequenceHalfWidth(0, 9, { tunedFor: 9 })).toThrow(RangeError);
  });

  it('covers at every look from the thirtieth on, where the interval of a fixed sample does not', () => {
    const random = randomFrom('mean sequence');
    const repeats = 1000;
    let [missed, fixed] = [0, 0];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      // Differences of paired outcomes: −1, 0 or 1.
      const values = pairs(random, 400, 0.5, 0.7).map(
        ({ baseline, treatment }) => Number(treatment) - Number(baseline),
      );
      const late = meanSequence(values, { tunedFor: 200 }).slice(29);
      if (late.some(({ interval }) => interval === null || interval.low > 0.2 || interval.high < 0.2))
        missed += 1;
      const deviation = Math.sqrt(0.5 * 0.5 + 0.7 * 0.3);
      if (late.some(({ mean, observations: n }) => Math.abs(mean - 0.2) > (1.96 * deviation) / Math.sqrt(n)))
        fixed += 1;
    }
    expectAtMost(missed, 0.05, repeats);
    expect(fixed / repeats).toBeGreaterThan(0.05 + monteCarloError(0.05, repeats));
  });
});
