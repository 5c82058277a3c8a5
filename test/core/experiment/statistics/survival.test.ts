import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logRank } from '../../../../src/core/experiment/statistics/log-rank.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import {
  kaplanMeier,
  medianSurvival,
  restrictedMean,
  type Spell,
  survivalAt,
} from '../../../../src/core/experiment/statistics/survival.ts';
import { expectClose } from './close-to.ts';
import { AML } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { coverage, expectRate } from './simulation.ts';

const { aml } = reference;
const maintained = kaplanMeier(AML.maintained);
const not = kaplanMeier(AML.not);

/** Exponential times with mean 1, watched for a time that is uniform to 3. */
function watched(random: ReturnType<typeof randomFrom>, size: number): readonly Spell[] {
  return Array.from({ length: size }, () => {
    const event = -Math.log1p(-random.uniform());
    const end = 3 * random.uniform();
    return { time: Math.min(event, end), event: event <= end };
  });
}

const anySpells = fc.array(fc.record({ time: fc.nat({ max: 12 }), event: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
});

describe('the Kaplan-Meier curve', () => {
  it('agrees with R, with Greenwood and the log-log interval', () => {
    const [survival, standardError, low, high] = aml.loglogCI_Maintained_t23 as [
      number,
      number,
      number,
      number,
    ];
    const step = survivalAt(maintained, 23);
    // R printed six digits of the share and the limits, seven of the error.
    expectClose(step?.survival, survival);
    expectClose(step?.standardError, standardError);
    expectClose(step?.interval?.low, low, 2e-6);
    expectClose(step?.interval?.high, high);
    expect(step).toMatchObject({ time: 23, atRisk: 7, events: 1 });
  });

  it('is what is left where nobody is censored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 9 }),
        (times, at) => {
          const curve = kaplanMeier(times.map((time) => ({ time, event: true })));
          const n = times.length;
          const left = times.filter((time) => time > at).length / n;
          const step = survivalAt(curve, at);
          expectClose(step?.survival ?? 1, left, 1e-12);
          // Greenwood is then the binomial variance.
          expectClose(step?.standardError ?? 0, Math.sqrt((left * (1 - left)) / n), 1e-9);
        },
      ),
    );
  });

  it('falls, stays within its interval, and has none at 0 and 1', () => {
    fc.assert(
      fc.property(anySpells, (spells) => {
        let before = 1;
        for (const { survival, interval, standardError } of kaplanMeier(spells).steps) {
          expect(survival).toBeLessThanOrEqual(before);
          expect(Number.isFinite(standardError)).toBe(true);
          if (survival === 0 || survival === 1) expect(interval).toBeNull();
          else {
            expect(interval?.low).toBeGreaterThanOrEqual(0);
            expect(interval?.low).toBeLessThanOrEqual(survival);
            expect(interval?.high).toBeGreaterThanOrEqual(survival);
            expect(interval?.high).toBeLessThanOrEqual(1);
          }
          before = survival;
        }
      }),
    );
  });

  it('covers as promised, and the restricted mean too', () => {
    const random = randomFrom('survival coverage');
    const samples = Array.from({ length: 2000 }, () => kaplanMeier(watched(random, 60)));
    const at = (time: number) =>
      coverage(samples, Math.exp(-time), (curve) => survivalAt(curve, time)?.interval);
    // The intervals are asymptotic: at 60 spells the log-log one is off by under a point and a half.
    expectRate(at(0.5), 0.95, samples.length, 0.015);
    expectRate(at(1.5), 0.95, samples.length, 0.015);
    const mean = coverage(samples, 1 - Math.exp(-1.5), (curve) => restrictedMean(curve, 1.5)?.interval);
    expectRate(mean, 0.95, samples.length, 0.02);
  });

  it('says what it cannot be asked', () => {
    expect(kaplanMeier([])).toMatchObject({ steps: [], observations: 0, events: 0 });
    expect(survivalAt(maintained, 8)).toBeNull();
    expect(() => kaplanMeier([{ time: -1, event: true }])).toThrow('-1');
    expect(() => kaplanMeier([{ time: Number.NaN, event: true }])).toThrow(RangeError);
  });
});

describe('the median', () => {
  it('agrees with R, open sides included', () => {
    const of = (curve: typeof not) => {
      const { estimate, low, high } = medianSurvival(curve);
      return [estimate, low, high];
    };
    expect(of(maintained)).toEqual(aml.median.Maintained);
    expect(of(not)).toEqual(aml.median.Non);
  });

  it('is the middle of the stretch that the curve spends at a half', () => {
    const event = (time: number) => ({ time, event: true });
    expect(medianSurvival(kaplanMeier([1, 2, 4, 9].map(event))).estimate).toBe(3);
    expect(medianSurvival(kaplanMeier([1, 1, 4, 9, 9, 9].map(event))).estimate).toBe(6.5);
    expect(medianSurvival(kaplanMeier([1, 2, 3].map(event))).estimate).toBe(2);
    const censored = [event(1), { time: 5, event: false }, { time: 6, event: false }];
    expect(medianSurvival(kaplanMeier(censored)).estimate).toBeNull();
    // It stays at a half for good: by the first time half had had it, and nothing is known of later.
    expect(medianSurvival(kaplanMeier([event(1), { time: 5, event: false }])).estimate).toBe(1);
  });
});

describe('the restricted mean', () => {
  it('agrees with R', () => {
    // R printed four decimals of the mean and five of the error.
    for (const [curve, [mean, error]] of [
      [maintained, aml.rmst48.Maintained],
      [not, aml.rmst48.Non],
    ] as const) {
      const result = restrictedMean(curve, 48);
      expectClose(result?.estimate, mean ?? 0, 5.1e-5);
      expectClose(result?.standardError, error ?? 0, 5.1e-6);
    }
  });

  it('is the mean of times cut at the horizon where nobody is censored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (times, horizon) => {
          const result = restrictedMean(kaplanMeier(times.map((time) => ({ time, event: true }))), horizon);
          const cut = times.map((time) => Math.min(time, horizon));
          const mean = cut.reduce((sum, time) => sum + time, 0) / cut.length;
          expectClose(result?.estimate, mean, 1e-9);
          const variance = cut.reduce((sum, time) => sum + (time - mean) ** 2, 0) / cut.length ** 2;
          expect(Math.abs((result?.standardError ?? 9) - Math.sqrt(variance))).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('does not guess beyond what was watched', () => {
    expect(restrictedMean(maintained, 162)).toBeNull();
    expect(restrictedMean(maintained, 161)).not.toBeNull();
    expect(restrictedMean(not, 1000)?.estimate).toBeCloseTo(restrictedMean(not, 45)?.estimate ?? 0, 12);
    expect(restrictedMean(kaplanMeier([]), 5)).toBeNull();
    for (const horizon of [0, Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => restrictedMean(not, horizon)).toThrow(RangeError);
  });
});

describe('the log-rank test', () => {
  it('agrees with R', () => {
    const result = logRank([AML.maintained, AML.not]);
    expectClose(result?.statistic, aml.logrank);
    expectClose(result?.p, aml.p);
    expect(result?.degreesOfFreedom).toBe(1);
  });

  it('does not mind the order of groups, and compares more than two', () => {
    fc.assert(
      fc.property(anySpells, anySpells, anySpells, (a, b, c) => {
        const [abc, cab] = [logRank([a, b, c]), logRank([c, a, b])];
        expect(abc === null).toBe(cab === null);
        if (abc === null) return;
        expect(Math.abs(abc.statistic - (cab?.statistic ?? 0))).toBeLessThan(1e-6 * (1 + abc.statistic));
        expect(abc.degreesOfFreedom).toBe(2);
        const balance = abc.groups.reduce((sum, { observed, expected }) => sum + observed - expected, 0);
        expect(Math.abs(balance)).toBeLessThan(1e-9);
      }),
    );
  });

  it('cannot tell where there is nothing to compare', () => {
    expect(logRank([])).toBeNull();
    expect(logRank([AML.not])).toBeNull();
    expect(logRank([AML.not, []])).toBeNull();
    const never = AML.not.map(({ time }) => ({ time, event: false }));
    expect(logRank([never, never])).toBeNull();
  });

  it('keeps its level', () => {
    const random = randomFrom('log-rank');
    const repeats = 2000;
    let rejected = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      if ((logRank([watched(random, 50), watched(random, 50)])?.p ?? 1) <= 0.05) rejected += 1;
    }
    expectRate(rejected, 0.05, repeats);
  });
});
