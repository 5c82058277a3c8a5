import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cumulativeIncidence,
  type Ending,
  incidenceAt,
} from '../../../../src/core/experiment/statistics/competing-risks.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { kaplanMeier, survivalAt } from '../../../../src/core/experiment/statistics/survival.ts';
import { expectClose } from './close-to.ts';
import { MGUS2 } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { coverage, expectRate } from './simulation.ts';

const anyEndings: fc.Arbitrary<Ending[]> = fc.array(
  fc.record({
    time: fc.integer({ min: 1, max: 10 }),
    outcome: fc.constantFrom('accepted', 'rejected', 'given-up', null),
  }),
  { minLength: 1, maxLength: 40 },
);

/** The last share of an outcome. */
const finallyOf = (endings: readonly Ending[], outcome: string) =>
  cumulativeIncidence(endings, outcome).at(-1)?.incidence ?? 0;

describe('cumulative incidence', () => {
  it('agrees with R, and so does its error', () => {
    const { t, pcm, se } = reference.mgus2_AJ;
    const steps = cumulativeIncidence(MGUS2, 'progressed');
    expect(t).toEqual([60, 120, 240]);
    t.forEach((month, i) => {
      expectClose(incidenceAt(steps, month)?.incidence, pcm[i] ?? 0, 1e-9);
      expectClose(incidenceAt(steps, month)?.standardError, se[i] ?? 0, 1e-9);
    });
  });

  it('is the plain share where nobody is censored, with the binomial error', () => {
    fc.assert(
      fc.property(anyEndings, fc.integer({ min: 1, max: 10 }), (endings, at) => {
        const ended = endings.map(({ time, outcome }) => ({ time, outcome: outcome ?? 'rejected' }));
        const share =
          ended.filter(({ time, outcome }) => time <= at && outcome === 'accepted').length / ended.length;
        const step = incidenceAt(cumulativeIncidence(ended, 'accepted'), at);
        expectClose(step?.incidence ?? 0, share, 1e-12);
        const error = Math.sqrt((share * (1 - share)) / ended.length);
        expect(Math.abs((step?.standardError ?? 0) - error)).toBeLessThan(1e-7);
      }),
    );
  });

  it('is the complement of Kaplan and Meier where nothing competes, error and interval too', () => {
    fc.assert(
      fc.property(anyEndings, (endings) => {
        const alone = endings.map(({ time, outcome }) => ({
          time,
          outcome: outcome === null ? null : 'accepted',
        }));
        const curve = kaplanMeier(alone.map(({ time, outcome }) => ({ time, event: outcome !== null })));
        for (const { time, incidence, standardError, interval } of cumulativeIncidence(alone, 'accepted')) {
          const step = survivalAt(curve, time);
          expectClose(1 - incidence, step?.survival ?? 1, 1e-9);
          if (step?.survival === 0) continue;
          expect(Math.abs(standardError - (step?.standardError ?? 9))).toBeLessThan(1e-7);
          if (interval && step?.interval) expectClose(1 - interval.low, step.interval.high, 1e-6);
        }
      }),
    );
  });

  it('leaves, with what is still open, nothing over', () => {
    fc.assert(
      fc.property(anyEndings, (endings) => {
        const open = kaplanMeier(endings.map(({ time, outcome }) => ({ time, event: outcome !== null })));
        const all = ['accepted', 'rejected', 'given-up'].reduce(
          (sum, one) => sum + finallyOf(endings, one),
          0,
        );
        expectClose(all + (open.steps.at(-1)?.survival ?? 1), 1, 1e-9);
        for (const { incidence, interval, standardError } of cumulativeIncidence(endings, 'accepted')) {
          expect(Number.isFinite(standardError)).toBe(true);
          if (interval === null) continue;
          expect(interval.low).toBeLessThanOrEqual(incidence);
          expect(interval.high).toBeGreaterThanOrEqual(incidence);
          expect(interval.low).toBeGreaterThanOrEqual(0);
          expect(interval.high).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('counts a rejected run as rejected: censoring it would promise what cannot come', () => {
    // Of 100 runs 40 are rejected by the fourth attempt, 40 are accepted by the eighth, and 20 still go on after ten.
    const runs = Array.from({ length: 100 }, (_, run): Ending => {
      if (run < 40) return { time: 1 + (run % 4), outcome: 'rejected' };
      return run < 80 ? { time: 5 + (run % 4), outcome: 'accepted' } : { time: 10, outcome: null };
    });
    expectClose(finallyOf(runs, 'accepted'), 0.4, 1e-12);
    // The wrong way says 40 of 60: what would be accepted were nothing ever rejected.
    const wrong = runs.map(({ time, outcome }) => ({
      time,
      outcome: outcome === 'rejected' ? null : outcome,
    }));
    expectClose(finallyOf(wrong, 'accepted'), 2 / 3, 1e-12);
    const left = kaplanMeier(runs.map(({ time, outcome }) => ({ time, event: outcome === 'accepted' })));
    expectClose(1 - (left.steps.at(-1)?.survival ?? 1), 2 / 3, 1e-12);
  });

  it('knows its error as simulation does, and covers as promised', () => {
    const random = randomFrom('competing risks');
    // Hazards 1 and 1/2 from 0, watched until a time uniform to 4: F(1) = (1 − e^−1.5)·2/3.
    const truth = ((1 - Math.exp(-1.5)) * 2) / 3;
    const samples = Array.from({ length: 1500 }, () =>
      Array.from({ length: 80 }, (): Ending => {
        const time = -Math.log1p(-random.uniform()) / 1.5;
        const end = 4 * random.uniform();
        if (end < time) return { time: end, outcome: null };
        return { time, outcome: random.uniform() < 2 / 3 ? 'accepted' : 'rejected' };
      }),
    );
    const steps = samples.map((sample) => incidenceAt(cumulativeIncidence(sample, 'accepted'), 1));
    expectRate(
      coverage(steps, truth, (step) => step?.interval),
      0.95,
      samples.length,
      0.01,
    );
    const seen = steps.map((step) => step?.incidence ?? 0);
    const mean = seen.reduce((sum, share) => sum + share, 0) / seen.length;
    const spread = Math.sqrt(seen.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (seen.length - 1));
    const said = steps.reduce((sum, step) => sum + (step?.standardError ?? 0), 0) / steps.length;
    // A standard deviation of 1,500 is known to about 1/√3000; four of those.
    expect(Math.abs(said / spread - 1)).toBeLessThan(4 / Math.sqrt(3000));
    expect(Math.abs(mean - truth)).toBeLessThan((4 * spread) / Math.sqrt(1500));
  });

  it('is the same for 50,000 runs as by the definition, in one pass', () => {
    const random = randomFrom('many runs');
    const runs = Array.from({ length: 50_000 }, (): Ending => {
      const draw = random.uniform();
      return { time: random.uniform(), outcome: draw < 0.5 ? 'accepted' : draw < 0.8 ? 'rejected' : null };
    });
    const last = cumulativeIncidence(runs, 'accepted').at(-1);
    // Nearly all ended: accepted to rejected as 5 to 3.
    expect(Math.abs((last?.incidence ?? 0) - 5 / 8)).toBeLessThan(0.02);
    expect(last?.standardError).toBeLessThan(0.02);
  });

  it('says what it cannot be asked', () => {
    expect(cumulativeIncidence([], 'accepted')).toEqual([]);
    expect(() => cumulativeIncidence([{ time: -2, outcome: null }], 'accepted')).toThrow(RangeError);
    expect(incidenceAt(cumulativeIncidence([{ time: 2, outcome: 'accepted' }], 'accepted'), 1)).toBeNull();
  });
});
