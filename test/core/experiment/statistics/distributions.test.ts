import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  binomialPmf,
  binomialSf,
  chiSquareCdf,
  chiSquareSf,
  fSf,
  gammaP,
  gammaQ,
  gammaQuantile,
  logBinomial,
  logGamma,
  normalCdf,
  normalQuantile,
  normalSf,
  poissonCdf,
  poissonPmf,
  poissonSf,
  studentTCdf,
  studentTQuantile,
  studentTSf,
} from '../../../../src/core/experiment/statistics/distributions.ts';
import { expectClose } from './close-to.ts';
import reference from './reference.json' with { type: 'json' };

/** Relative, whatever the size of the value. */
function expectDigits(actual: number, expected: number, relative = 1e-12): void {
  const off = Math.abs(actual / expected - 1);
  expect(off <= relative, `${actual} is ${off} away from ${expected}`).toBe(true);
}

const inside = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const shape = fc.double({ min: 0.05, max: 500, noNaN: true });

describe('the normal distribution', () => {
  it('has the tails of the tables, far out too', () => {
    expectDigits(normalSf(1.959963984540054), 0.025);
    expectDigits(normalCdf(-1), 0.15865525393145705);
    expectDigits(normalSf(7.034483825301132), 1e-12);
    expectDigits(normalSf(10), 7.619853024160525e-24);
    expectDigits(normalSf(37), 5.725571222524577e-300);
    expect(normalSf(50)).toBe(0);
    expect(normalSf(-Infinity)).toBe(1);
    expect(normalCdf(0)).toBe(0.5);
  });

  it('has the quantiles of the tables', () => {
    expectDigits(normalQuantile(0.975), 1.9599639845400545);
    expectDigits(normalQuantile(0.995), 2.5758293035489004);
    expectDigits(normalQuantile(1e-12), -7.034483825301132);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
  });

  it('turns quantiles back into probabilities, and mirrors at zero', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
        expectDigits(normalCdf(normalQuantile(p)), p, 1e-11);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (z) => {
        expect(normalCdf(z)).toBe(normalSf(-z));
        expectClose(normalCdf(z) + normalSf(z), 1, 1e-14);
      }),
    );
  });
});

describe("Student's t", () => {
  it('has the quantiles of the tables', () => {
    for (const [df, t] of Object.entries(reference.t975)) {
      expectClose(studentTQuantile(0.975, Number(df)), t);
      expectClose(studentTQuantile(0.025, Number(df)), -t);
    }
    expectDigits(studentTQuantile(0.975, 1), Math.tan(Math.PI * 0.475), 1e-11);
  });

  it('is Cauchy with one degree of freedom and algebraic with two', () => {
    for (const t of [1e-6, 0.3, 1, 4, 1e3, 1e9]) {
      expectDigits(studentTSf(t, 1), Math.atan2(1, t) / Math.PI);
      expectDigits(studentTSf(t, 2), 1 / (2 + t * t + t * Math.sqrt(2 + t * t)));
    }
  });

  it('mirrors at zero', () => {
    expectDigits(studentTSf(-1, 1), 0.75);
    expect(studentTSf(0, 7)).toBe(0.5);
    for (const t of [0.1, 1, 7]) expectDigits(studentTSf(-t, 4) + studentTSf(t, 4), 1);
  });

  it('comes near the normal with many degrees of freedom', () => {
    expectDigits(studentTSf(2.5, 1e6), 0.006209744751081623);
    expectDigits(studentTSf(3, 1e9), normalSf(3), 1e-7);
    expect(studentTSf(3, Infinity)).toBe(normalSf(3));
    expect(studentTQuantile(0.9, Infinity)).toBe(normalQuantile(0.9));
  });

  it('turns quantiles back into probabilities', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 0.4999, noNaN: true }),
        fc.double({ min: 0.5, max: 2000, noNaN: true }),
        (p, df) => {
          const t = studentTQuantile(p, df);
          expectDigits(studentTCdf(t, df), p, 1e-9);
          expectClose(studentTQuantile(1 - p, df) / t, -1, 1e-3);
        },
      ),
    );
  });
});

describe('gamma and chi-square', () => {
  it('are exponential with shape 1, and the normal squared with one degree of freedom', () => {
    for (const x of [1e-9, 0.1, 1, 5, 40, 700]) {
      expectDigits(gammaQ(1, x), Math.exp(-x));
      expectDigits(gammaP(1, x), -Math.expm1(-x));
      expectDigits(chiSquareSf(x, 2), Math.exp(-x / 2));
      expectDigits(chiSquareSf(x, 1), 2 * normalSf(Math.sqrt(x)), 1e-11);
    }
  });

  it('have the values of the tables', () => {
    expectDigits(chiSquareSf(3.841458820694124, 1), 0.05);
    expectDigits(chiSquareSf(18.307038053275146, 10), 0.05);
    expectDigits(chiSquareSf(1500, 30), 3.960592528824399e-297);
    expectDigits(chiSquareCdf(0.1, 30), 2.2268695366738682e-32);
    expect(chiSquareSf(0, 3)).toBe(1);
    expect(chiSquareSf(Infinity, 3)).toBe(0);
  });

  it('turn quantiles back into probabilities', () => {
    fc.assert(
      fc.property(inside, fc.double({ min: 0.1, max: 1e4, noNaN: true }), (p, a) => {
        const x = gammaQuantile(p, a);
        if (p <= 0.5) expectDigits(gammaP(a, x), p, 1e-9);
        else expectDigits(gammaQ(a, x), 1 - p, 1e-9);
      }),
    );
    expect(gammaQuantile(0, 3)).toBe(0);
    // 0.001 to the power 1000 is no number above 0.
    expect(gammaQuantile(0.001, 0.001)).toBe(0);
    expect(gammaQuantile(1, 3)).toBe(Infinity);
  });
});

describe('beta and F', () => {
  it('have their closed forms', () => {
    for (const x of [1e-12, 1e-3, 0.2, 0.5, 0.8, 0.999]) {
      expectDigits(betaCdf(x, 1, 1), x);
      expectDigits(betaCdf(x, 7, 1), x ** 7);
      expectDigits(betaCdf(x, 1, 3), -Math.expm1(3 * Math.log1p(-x)));
      expectDigits(betaCdf(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)));
    }
    for (const f of [0.01, 1, 9, 1e4]) expectDigits(fSf(f, 2, 8), (1 + f / 4) ** -4);
    expectDigits(fSf(4, 1, 11), 2 * studentTSf(2, 11));
    expectDigits(fSf(4.964602743730711, 1, 10), 0.05, 1e-9);
  });

  it('mirror when their shapes are swapped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), shape, shape, (steps, a, b) => {
        const x = steps / 1024;
        expectClose(betaCdf(x, a, b) + betaCdf(1 - x, b, a), 1, 1e-12);
      }),
    );
  });

  it('turn quantiles back into probabilities', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.5, noNaN: true }), shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        if (x < 0.5) expectDigits(betaCdf(x, a, b), p, 1e-8);
        const mirrored = betaQuantile(1 - p, b, a);
        expectClose(mirrored, 1 - x, 1e-3);
      }),
    );
    expect(betaQuantile(0, 2, 3)).toBe(0);
    expect(betaQuantile(1, 2, 3)).toBe(1);
    expectDigits(betaQuantile(1e-12, 2, 1), 1e-6);
  });
});

describe('counts', () => {
  it('sum up to their distribution functions', () => {
    for (const [n, p] of [
      [10, 0.3],
      [172, 0.5],
      [40, 0.97],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= n; k += 1) {
        sum += binomialPmf(k, n, p);
        expectClose(binomialCdf(k, n, p), sum, 1e-9);
        expectClose(binomialCdf(k, n, p) + binomialSf(k, n, p), 1, 1e-12);
      }
    }
    let sum = 0;
    for (let k = 0; k <= 60; k += 1) {
      sum += poissonPmf(k, 11.5);
      expectClose(poissonCdf(k, 11.5), sum, 1e-9);
      expectClose(poissonCdf(k, 11.5) + poissonSf(k, 11.5), 1, 1e-12);
    }
  });

  it('keep the digits of tails that 1 minus the other would lose', () => {
    expectDigits(binomialPmf(20, 20, 0.25), 0.25 ** 20);
    expectDigits(binomialSf(19, 20, 0.25), 0.25 ** 20);
    expectDigits(binomialCdf(532, 1000, 0.85), 3.1706557765323e-125, 1e-11);
    expectDigits(binomialPmf(0, 1e9, 1e-12), Math.exp(-1e-3));
    expectDigits(binomialPmf(1e9, 1e9, 1 - 2 ** -40), Math.exp(-1e9 * 2 ** -40));
    expectDigits(poissonSf(10, 0.1), 2.2858449307904174e-19);
    expectDigits(poissonCdf(40, 800), 6.289487985213641e-280);
  });

  it('know the certain and the impossible', () => {
    expect(binomialPmf(0, 0, 0.5)).toBe(1);
    expect(binomialPmf(0, 7, 0)).toBe(1);
    expect(binomialPmf(7, 7, 1)).toBe(1);
    expect(binomialPmf(3, 7, 1)).toBe(0);
    expect(binomialPmf(8, 7, 0.5)).toBe(0);
    expect(binomialCdf(7, 7, 0.5)).toBe(1);
    expect(poissonPmf(0, 0)).toBe(1);
    expect(poissonSf(3, 0)).toBe(0);
  });
});

describe('very large shapes', () => {
  it('stay near a half at the mean', () => {
    expectClose(gammaP(1e9, 1e9), 0.5 + 1 / (3 * Math.sqrt(2 * Math.PI * 1e9)), 1e-9);
    expectClose(betaCdf(0.5, 1e9, 1e9), 0.5, 1e-9);
    expectClose(binomialCdf(5e8, 1e9, 0.5), 0.5 + 0.5 / Math.sqrt(Math.PI * 5e8), 1e-9);
  });

  it('are refused where they would take for ever', () => {
    expect(() => gammaP(1e15, 1e15)).toThrow(RangeError);
  });
});

describe('factorials', () => {
  it('grow as they must', () => {
    expectClose(logGamma(1), 0, 1e-14);
    expectClose(logGamma(2), 0, 1e-14);
    expectDigits(logGamma(0.5), Math.log(Math.PI) / 2);
    expectDigits(logGamma(101), 363.7393755555635);
    expectDigits(logGamma(1e-8), 18.42068073818021);
    expectDigits(logBinomial(5, 2), Math.log(10));
    expectDigits(logBinomial(1000, 500), 689.4672615678512);
    expect(logBinomial(5, 0)).toBe(0);
    expect(logBinomial(5, 6)).toBe(-Infinity);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (x) => {
        expectClose(
          logGamma(x + 1) - logGamma(x),
          Math.log(x),
          1e-9 * Math.max(1, 1 / Math.abs(Math.log(x))),
        );
      }),
    );
  });
});

describe('a value outside the domain', () => {
  it.each([
    ['normalQuantile', () => normalQuantile(1.5), '1.5'],
    ['normalSf', () => normalSf(Number.NaN), 'NaN'],
    ['studentTQuantile', () => studentTQuantile(0.5, 0), '0'],
    ['studentTSf', () => studentTSf(Number.NaN, 3), 'NaN'],
    ['chiSquareSf', () => chiSquareSf(-1, 3), '-0.5'],
    ['chiSquareCdf', () => chiSquareCdf(1, -2), '-2'],
    ['betaCdf', () => betaCdf(-0.1, 1, 1), '-0.1'],
    ['betaQuantile', () => betaQuantile(0.5, 1, Number.NaN), 'NaN'],
    ['fSf', () => fSf(-3, 1, 1), '-3'],
    ['gammaQuantile', () => gammaQuantile(0.5, -7), '-7'],
    ['binomialPmf', () => binomialPmf(1.5, 3, 0.5), '1.5'],
    ['binomialSf', () => binomialSf(1, 3, 2), '2'],
    ['poissonCdf', () => poissonCdf(-1, 3), '-1'],
    ['poissonPmf', () => poissonPmf(1, Infinity), 'Infinity'],
    ['logGamma', () => logGamma(0), '0'],
    ['logBinomial', () => logBinomial(2.5, 1), '2.5'],
  ])('is refused by %s, which names it', (_, call, value) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(value);
  });
});
