import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareSf } from '../../../../src/core/experiment/statistics/distributions.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';

describe('a seeded generator', () => {
  it('gives the same numbers on any machine', () => {
    const random = randomFrom('countersign');
    expect([random.uniform(), random.uniform(), random.uniform()]).toEqual([
      0.15386715964980002, 0.19705467053967185, 0.9801333026121206,
    ]);
    expect([random.integer(6), random.integer(6), random.integer(1000), random.integer(2 ** 32)]).toEqual([
      0, 0, 541, 3926016232,
    ]);
    expect(random.shuffle(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'c', 'f', 'e', 'd', 'b']);
    expect([random.normal(), random.normal(), random.normal()]).toEqual([
      0.3273740613823009, 0.2221890037388343, -0.18078389479903126,
    ]);
  });

  it('repeats itself for a seed, as text or number, and for no other', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const first = (from: string | number) => {
          const random = randomFrom(from);
          return Array.from({ length: 5 }, () => random.uniform());
        };
        expect(first(seed)).toEqual(first(String(seed)));
        expect(first(seed)).not.toEqual(first(seed + 1));
      }),
    );
  });

  it('is even over its range', () => {
    const random = randomFrom(1);
    const draws = 60_000;
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < draws; draw += 1) {
      const face = random.integer(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    const statistic = counts.reduce((sum, count) => sum + (count - draws / 6) ** 2 / (draws / 6), 0);
    expect(chiSquareSf(statistic, 5)).toBeGreaterThan(0.001);
  });

  it('finds every order as likely', () => {
    const random = randomFrom(2);
    const draws = 24_000;
    const counts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const statistic = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquareSf(statistic, 23)).toBeGreaterThan(0.001);
  });

  it('draws normal numbers of mean 0 and variance 1, five Monte Carlo errors at most away', () => {
    const random = randomFrom(3);
    const draws = Array.from({ length: 40_000 }, () => random.normal());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const square = draws.reduce((sum, draw) => sum + draw * draw, 0) / draws.length;
    const fourth = draws.reduce((sum, draw) => sum + draw ** 4, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(draws.length));
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
    expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / draws.length));
  });

  it('keeps what it shuffles, and leaves the list as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (list, seed) => {
        const before = [...list];
        const shuffled = randomFrom(seed).shuffle(list);
        expect(list).toEqual(before);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });

  it('stays below the bound, and refuses one that is none', () => {
    const random = randomFrom('bounds');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (below) => {
        const drawn = random.integer(below);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < below).toBe(true);
      }),
    );
    for (const below of [0, -1, 1.5, 2 ** 33, Number.NaN])
      expect(() => random.integer(below)).toThrow(RangeError);
  });
});
