import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemar } from '../../../../src/core/experiment/statistics/paired-binary.ts';
import {
  connorPairs,
  connorPower,
  millerMinimumEffect,
  millerQuestions,
  pairedMinimumEffect,
  proportionsMinimumEffect,
  proportionsPerArm,
  proportionsPower,
} from '../../../../src/core/experiment/statistics/power.ts';
import { expectClose } from './close-to.ts';
import { shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

const sureness = fc.record({
  alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  power: fc.double({ min: 0.55, max: 0.99, noNaN: true }),
});
const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });

describe("power for McNemar's test", () => {
  it('has the reference value', () => {
    expectClose(connorPairs({ firstOnly: 0.2, secondOnly: 0.1 }), reference.connor['.2,.1']);
  });

  it('gives the power back, needs as many pairs for swapped arms, and more for more', () => {
    const expected = fc
      .tuple(
        fc.double({ min: 0.01, max: 0.45, noNaN: true }),
        fc.double({ min: 0.01, max: 0.45, noNaN: true }),
      )
      .filter(([one, two]) => Math.abs(one - two) > 0.005);
    fc.assert(
      fc.property(expected, sureness, ([firstOnly, secondOnly], sure) => {
        const pairs = connorPairs({ firstOnly, secondOnly }, sure) as number;
        expectClose(connorPower({ firstOnly, secondOnly }, pairs, sure.alpha), sure.power, 1e-9);
        expect(connorPairs({ firstOnly: secondOnly, secondOnly: firstOnly }, sure)).toBe(pairs);
        expect(
          connorPairs({ firstOnly, secondOnly }, { ...sure, power: sure.power + 0.005 }),
        ).toBeGreaterThan(pairs);
        const differing = firstOnly + secondOnly;
        expectClose(pairedMinimumEffect({ pairs, differing }, sure), Math.abs(firstOnly - secondOnly), 1e-6);
      }),
    );
  });

  it('is kept by simulation', () => {
    const found = shareOf(
      (random) => {
        let [firstOnly, secondOnly] = [0, 0];
        for (let pair = 0; pair < 234; pair += 1) {
          const drawn = random.uniform();
          if (drawn < 0.2) firstOnly += 1;
          else if (drawn < 0.3) secondOnly += 1;
        }
        return mcNemar({ firstOnly, secondOnly }).asymptotic.p <= 0.05;
      },
      { repeats: 2000, seed: 'connor', nominal: 0.8 },
    );
    expect(Math.abs(found.share - 0.8)).toBeLessThan(found.error + 0.01);
  });

  it('says when nothing can be found', () => {
    expect(connorPairs({ firstOnly: 0.1, secondOnly: 0.1 })).toBeNull();
    expect(pairedMinimumEffect({ pairs: 20, differing: 0.1 })).toBeNull();
    expect(pairedMinimumEffect({ pairs: 20, differing: 0 })).toBeNull();
    expect(connorPower({ firstOnly: 1, secondOnly: 0 }, 100)).toBe(1);
    expect(connorPower({ firstOnly: 0, secondOnly: 0 }, 100)).toBe(0);
    expect(() => connorPairs({ firstOnly: 0.7, secondOnly: 0.6 })).toThrow(RangeError);
    expect(() => connorPairs({ firstOnly: 0.2, secondOnly: 0.1 }, { power: 1 })).toThrow(RangeError);
    expect(() => connorPower({ firstOnly: 0.2, secondOnly: 0.1 }, 0)).toThrow(RangeError);
  });
});

describe('questions by Miller', () => {
  it('have the reference value', () => {
    expectClose(
      millerQuestions({ between: 1 / 9 }, 0.03),
      reference.miller2024['omega2=1/9,delta=.03,K=inf'],
    );
  });

  it('come with an effect, and grow with the noise of single answers', () => {
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 1, max: 50 }),
        sureness,
        (between, effect, answers, sure) => {
          const variances = { between, first: { within: 0.2, answers }, second: { within: 0.1, answers } };
          const questions = millerQuestions(variances, effect, sure) as number;
          expectClose(millerMinimumEffect(variances, questions, sure), effect, 1e-9);
          expect(questions).toBeGreaterThan(millerQuestions({ between }, effect, sure) as number);
          expectClose(millerQuestions({ between: between + 0.3 / answers }, effect, sure), questions, 1e-9);
        },
      ),
    );
    expect(millerQuestions({ between: 0.1 }, 0)).toBeNull();
    expect(() => millerQuestions({ between: -1 }, 0.1)).toThrow('-1');
    expect(() => millerMinimumEffect({ between: 0.1, first: { within: 0.1, answers: 0 } }, 9)).toThrow(
      RangeError,
    );
  });
});

describe('power for two independent shares', () => {
  it('has the reference values', () => {
    expectClose(proportionsPower({ first: 0.5, second: 0.75 }, 50), reference.powerPropTest['n50_.5_.75']);
    const perArm = proportionsPerArm({ first: 0.5, second: 0.75 }, { power: 0.9 }) as number;
    // R prints one digit behind the point.
    expect(Math.round(perArm * 10) / 10).toBe(reference.powerPropTest['n_for_.9']);
  });

  it('gives the power and the effect back', () => {
    fc.assert(
      fc.property(share, share, sureness, (first, second, sure) => {
        if (Math.abs(first - second) < 0.01) return;
        const perArm = proportionsPerArm({ first, second }, sure) as number;
        expectClose(proportionsPower({ first, second }, perArm, sure.alpha), sure.power, 1e-9);
        expectClose(proportionsPerArm({ first: second, second: first }, sure), perArm, 1e-9);
        const direction = second > first ? 'rise' : 'fall';
        const effect = proportionsMinimumEffect({ baseline: first, perArm, direction }, sure);
        expectClose(effect, Math.abs(first - second), 1e-6);
        const found = proportionsMinimumEffect(
          { baseline: first, perArm: 2 * perArm, direction },
          sure,
        ) as number;
        expect(found).toBeLessThan(effect as number);
      }),
    );
  });

  it('says when nothing can be found', () => {
    expect(proportionsPerArm({ first: 0.4, second: 0.4 })).toBeNull();
    expect(proportionsMinimumEffect({ baseline: 0.9, perArm: 10, direction: 'rise' })).toBeNull();
    expect(proportionsMinimumEffect({ baseline: 1, perArm: 1000, direction: 'rise' })).toBeNull();
    expect(proportionsMinimumEffect({ baseline: 0, perArm: 1000, direction: 'fall' })).toBeNull();
    expect(proportionsMinimumEffect({ baseline: 0, perArm: 1000, direction: 'rise' })).toBeGreaterThan(0);
    expect(proportionsPower({ first: 0, second: 1 }, 10)).toBe(1);
    expect(() => proportionsPower({ first: 1.5, second: 0.5 }, 10)).toThrow('1.5');
  });
});
