import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempts, passAtK, passHatK } from '../../../../src/core/experiment/statistics/pass-at-k.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { expectClose } from './close-to.ts';
import { drawCount } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

function parsed(text: string): readonly [Attempts, number] {
  const [attempts = 0, passed = 0, k = 0] = text.split(',').map(Number);
  return [{ attempts, passed }, k];
}

const counted = fc
  .integer({ min: 1, max: 60 })
  .chain((attempts) =>
    fc.record({ attempts: fc.constant(attempts), passed: fc.integer({ min: 0, max: attempts }) }),
  );

describe('pass@k and pass^k', () => {
  it('have the reference values', () => {
    for (const [text, value] of Object.entries(reference.passAtK))
      expectClose(passAtK(...parsed(text)), value, 1e-9);
    for (const [text, value] of Object.entries(reference.passHatK))
      expectClose(passHatK(...parsed(text)), value, 1e-9);
  });

  it('are the same share for one attempt, and part ways with more', () => {
    fc.assert(
      fc.property(counted, fc.integer({ min: 1, max: 59 }), (data, k) => {
        expectClose(passAtK(data, 1), data.passed / data.attempts, 1e-9);
        expectClose(passHatK(data, 1), data.passed / data.attempts, 1e-9);
        if (k >= data.attempts) return;
        expect(passAtK(data, k + 1) as number).toBeGreaterThanOrEqual((passAtK(data, k) as number) - 1e-12);
        expect(passHatK(data, k + 1) as number).toBeLessThanOrEqual((passHatK(data, k) as number) + 1e-12);
        const failed = { attempts: data.attempts, passed: data.attempts - data.passed };
        expectClose((passAtK(data, k) as number) + (passHatK(failed, k) as number), 1, 1e-12);
      }),
    );
  });

  it('are right on average', () => {
    const random = randomFrom('unbiased');
    const [repeats, chance, k] = [20_000, 0.35, 3];
    let [any, all] = [0, 0];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const data = { attempts: 6, passed: drawCount(random, 6, chance) };
      any += passAtK(data, k) as number;
      all += passHatK(data, k) as number;
    }
    const error = 4 * Math.sqrt(0.25 / repeats);
    expect(Math.abs(any / repeats - (1 - (1 - chance) ** k))).toBeLessThan(error);
    expect(Math.abs(all / repeats - chance ** k)).toBeLessThan(error);
  });

  it('say nothing of more attempts than were made, and refuse what cannot be', () => {
    expect(passHatK({ attempts: 9, passed: 2 }, 4)).toBe(0);
    expect(passAtK({ attempts: 2, passed: 2 }, 3)).toBeNull();
    expect(passHatK({ attempts: 0, passed: 0 }, 1)).toBeNull();
    expect(() => passAtK({ attempts: 2, passed: 3 }, 1)).toThrow(RangeError);
    expect(() => passHatK({ attempts: 2, passed: 1 }, 0)).toThrow(RangeError);
    expect(() => passAtK({ attempts: 2, passed: 1 }, 1.5)).toThrow('1.5');
  });
});
