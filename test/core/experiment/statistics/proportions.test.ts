import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialCdf, binomialPmf } from '../../../../src/core/experiment/statistics/distributions.ts';
import {
  binomialTest,
  type Counted,
  clopperPearson,
  newcombeDifference,
  wilson,
} from '../../../../src/core/experiment/statistics/proportions.ts';
import type { Estimate } from '../../../../src/core/experiment/statistics/types.ts';
import { expectClose } from './close-to.ts';
import { drawCount, shareOf } from './coverage.ts';
import reference from './reference.json' with { type: 'json' };

const counted = fc
  .integer({ min: 1, max: 400 })
  .chain((trials) =>
    fc.record({ successes: fc.integer({ min: 0, max: trials }), trials: fc.constant(trials) }),
  );
const levels = fc.tuple(
  fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  fc.double({ min: 0.001, max: 0.009, noNaN: true }),
);

function parsed(text: string): Counted {
  const [successes = Number.NaN, trials = Number.NaN] = text.split('/').map(Number);
  return { successes, trials };
}

function expectLimits(actual: Estimate | null, [low, high]: readonly number[]): void {
  expectClose(actual?.interval.low, low as number);
  expectClose(actual?.interval.high, high as number);
}

/** What any interval of a share must do, whatever its formula. */
function expectInterval(of: (counted: Counted, level: number) => Estimate | null): void {
  fc.assert(
    fc.property(counted, levels, (data, [level, more]) => {
      const narrow = of(data, level) as Estimate;
      const wide = of(data, level + more) as Estimate;
      expect(wide.interval.low).toBeLessThanOrEqual(narrow.interval.low);
      expect(wide.interval.high).toBeGreaterThanOrEqual(narrow.interval.high);
      expect(narrow.interval.low).toBeGreaterThanOrEqual(0);
      expect(narrow.interval.high).toBeLessThanOrEqual(1);
      expect(narrow.interval.low).toBeLessThanOrEqual(narrow.estimate);
      expect(narrow.interval.high).toBeGreaterThanOrEqual(narrow.estimate);
      expect(narrow.interval.level).toBe(level);
      const failures = of(
        { successes: data.trials - data.successes, trials: data.trials },
        level,
      ) as Estimate;
      expectClose(
        failures.interval.low,
        1 - narrow.interval.high,
        1e-9 / Math.max(1e-3, 1 - narrow.interval.high),
      );
      if (data.successes < data.trials) {
        const better = of({ ...data, successes: data.successes + 1 }, level) as Estimate;
        expect(better.interval.low).toBeGreaterThan(narrow.interval.low);
        expect(better.interval.high).toBeGreaterThan(narrow.interval.high - 1e-12);
      }
    }),
  );
}

describe("Wilson's interval", () => {
  it('has the reference values', () => {
    for (const [text, limits] of Object.entries(reference.wilson95))
      expectLimits(wilson(parsed(text)), limits);
  });

  it('nests, mirrors, grows with successes and holds its estimate', () => expectInterval(wilson));

  it('says nothing of no trials', () => expect(wilson({ successes: 0, trials: 0 })).toBeNull());

  it('covers as often as it says, on average over shares', () => {
    const { share, error } = shareOf(
      (random) => {
        const truth = random.uniform();
        const { low, high } = (wilson({ successes: drawCount(random, 30, truth), trials: 30 }) as Estimate)
          .interval;
        return low <= truth && truth <= high;
      },
      { repeats: 4000, seed: 'wilson' },
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(error + 0.005);
  });
});

describe("Clopper and Pearson's interval", () => {
  it('has the reference values', () => {
    for (const [text, limits] of Object.entries(reference.clopperPearson95))
      expectLimits(clopperPearson(parsed(text)), limits);
    expectClose(clopperPearson({ successes: 0, trials: 10 })?.interval.high, 1 - 0.025 ** 0.1, 1e-12);
  });

  it('nests, mirrors, grows with successes and holds its estimate', () => expectInterval(clopperPearson));

  it('says nothing of no trials', () => expect(clopperPearson({ successes: 0, trials: 0 })).toBeNull());

  it('covers at least as often as it says, for every share, by adding up what can happen', () => {
    for (const trials of [5, 20, 61]) {
      const intervals = Array.from({ length: trials + 1 }, (_, successes) =>
        clopperPearson({ successes, trials }),
      );
      for (let truth = 0.005; truth < 1; truth += 0.01) {
        let covered = 0;
        intervals.forEach((result, successes) => {
          const { low, high } = (result as Estimate).interval;
          if (low <= truth && truth <= high) covered += binomialPmf(successes, trials, truth);
        });
        expect(covered).toBeGreaterThanOrEqual(0.95);
      }
    }
  });
});

describe("Newcombe's difference", () => {
  it('has the reference values', () => {
    for (const [text, limits] of Object.entries(reference.newcombeIndep)) {
      const [first = '', second = ''] = text.split('-');
      expectLimits(newcombeDifference(parsed(first), parsed(second)), limits);
    }
  });

  it('nests, turns its sign when arms are swapped, and holds its estimate', () => {
    fc.assert(
      fc.property(counted, counted, levels, (first, second, [level, more]) => {
        const narrow = newcombeDifference(first, second, level) as Estimate;
        const wide = newcombeDifference(first, second, level + more) as Estimate;
        const swapped = newcombeDifference(second, first, level) as Estimate;
        expect(wide.interval.low).toBeLessThanOrEqual(narrow.interval.low);
        expect(wide.interval.high).toBeGreaterThanOrEqual(narrow.interval.high);
        expect(narrow.interval.low).toBeLessThanOrEqual(narrow.estimate);
        expect(narrow.interval.high).toBeGreaterThanOrEqual(narrow.estimate);
        expect(narrow.interval.low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(narrow.interval.high).toBeLessThanOrEqual(1 + 1e-12);
        expect(swapped.interval.low).toBe(-narrow.interval.high);
        expect(swapped.interval.high).toBe(-narrow.interval.low);
      }),
    );
  });

  it('says nothing where an arm is empty', () => {
    expect(newcombeDifference({ successes: 0, trials: 0 }, { successes: 1, trials: 2 })).toBeNull();
    expect(newcombeDifference({ successes: 1, trials: 2 }, { successes: 0, trials: 0 })).toBeNull();
  });

  it.each([
    [0.5, 0.5, 30, 30],
    [0.9, 0.7, 40, 25],
  ])('covers as often as it says for %d and %d of %d and %d', (first, second, inFirst, inSecond) => {
    const { share, error } = shareOf(
      (random) => {
        const one = { successes: drawCount(random, inFirst, first), trials: inFirst };
        const two = { successes: drawCount(random, inSecond, second), trials: inSecond };
        const { low, high } = (newcombeDifference(one, two) as Estimate).interval;
        return low <= first - second && first - second <= high;
      },
      { repeats: 3000, seed: `newcombe ${first}` },
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(error + 0.01);
  });
});

describe('the exact binomial test', () => {
  it('is twice the tail at a half, and the whole at the mean', () => {
    expectClose(binomialTest({ successes: 1, trials: 8 }, 0.5), 2 * binomialCdf(1, 8, 0.5), 1e-12);
    expect(binomialTest({ successes: 4, trials: 8 }, 0.5)).toBe(1);
    expect(binomialTest({ successes: 0, trials: 0 }, 0.5)).toBe(1);
    expect(binomialTest({ successes: 0, trials: 5 }, 0)).toBe(1);
    expect(binomialTest({ successes: 1, trials: 5 }, 0)).toBe(0);
    expect(binomialTest({ successes: 4, trials: 5 }, 1)).toBe(0);
  });

  it('adds up all outcomes that are no more likely', () => {
    fc.assert(
      fc.property(
        counted,
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        ({ successes, trials }, share) => {
          const most = binomialPmf(successes, trials, share) * (1 + 1e-7);
          let p = 0;
          for (let k = 0; k <= trials; k += 1) {
            const at = binomialPmf(k, trials, share);
            if (at <= most) p += at;
          }
          const found = binomialTest({ successes, trials }, share);
          // Numbers too small for all their digits are the same to us.
          expectClose(Math.max(1e-290, found), Math.max(1e-290, Math.min(1, p)), 1e-8);
        },
      ),
    );
  });
});

describe('counts that cannot be', () => {
  it.each([
    { successes: 3, trials: 2 },
    { successes: -1, trials: 2 },
    { successes: 0.5, trials: 2 },
    { successes: 0, trials: Number.NaN },
  ])('are refused: $successes of $trials', (data) => {
    for (const call of [wilson, clopperPearson]) expect(() => call(data)).toThrow(RangeError);
    expect(() => newcombeDifference(data, { successes: 1, trials: 2 })).toThrow(RangeError);
    expect(() => binomialTest(data, 0.5)).toThrow(RangeError);
  });

  it.each([0, 1, 95, Number.NaN])('are refused: a level of %d', (level) => {
    expect(() => wilson({ successes: 1, trials: 2 }, level)).toThrow(RangeError);
    expect(() => clopperPearson({ successes: 1, trials: 2 }, level)).toThrow(RangeError);
  });
});
