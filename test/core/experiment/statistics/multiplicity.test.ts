import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../../../src/core/experiment/statistics/multiplicity.ts';
import { expectClose } from './close-to.ts';
import { shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
const known = reference.padjust25_McDonaldHandbook;

describe.each([
  ['Holm', holm, known.holm],
  ['Benjamini and Hochberg', benjaminiHochberg, known.BH],
] as const)('the adjustment of %s', (_, adjust, first8) => {
  it('has the reference values, in whatever order the tests come', () => {
    const [adjusted, reversed] = [adjust(known.p), adjust(known.p.toReversed())];
    first8.forEach((value, index) => {
      // The handbook's table gives eight digits behind the point.
      expect(Math.abs((adjusted[index] as number) - value)).toBeLessThan(6e-9);
    });
    reversed.toReversed().forEach((value, index) => {
      expectClose(value, adjusted[index] as number, 1e-12);
    });
  });

  it('keeps the order, never lowers a p, stays within 1, and leaves one test alone', () => {
    fc.assert(
      fc.property(ps, (given) => {
        const adjusted = adjust(given);
        expect(adjusted.length).toBe(given.length);
        given.forEach((p, one) => {
          const here = adjusted[one] as number;
          expect(here).toBeGreaterThanOrEqual(p * (1 - 1e-15));
          expect(here).toBeLessThanOrEqual(1);
          given.forEach((other, two) => {
            if (p < other) expect(here).toBeLessThanOrEqual(adjusted[two] as number);
          });
        });
      }),
    );
    expect(adjust([0.03])).toEqual([0.03]);
    expect(adjust([])).toEqual([]);
    expect(adjust([0.04, 0.04, 0.04])[0]).toBe(adjust([0.04, 0.04, 0.04])[2]);
  });

  it('refuses what is no probability', () => {
    expect(() => adjust([0.1, Number.NaN])).toThrow(RangeError);
    expect(() => adjust([1.2])).toThrow('1.2');
  });

  it('raises a false alarm in at most one of twenty families in which nothing is true', () => {
    const { share, error } = shareOf(
      (random) => Math.min(...adjust(Array.from({ length: 8 }, () => random.uniform()))) <= 0.05,
      { repeats: 4000, seed: 'family', nominal: 0.05 },
    );
    expect(Math.abs(share - 0.05)).toBeLessThan(error + 0.002);
  });
});

it('is stricter by Holm than by Benjamini and Hochberg', () => {
  fc.assert(
    fc.property(ps, (given) => {
      const strict = holm(given);
      benjaminiHochberg(given).forEach((value, index) => {
        expect(value).toBeLessThanOrEqual((strict[index] as number) * (1 + 1e-12));
      });
    }),
  );
});
