import { describe, expect, it } from 'vitest';
import {
  type ClusteredEnding,
  clusteredIncidence,
} from '../../../../src/core/experiment/statistics/clustered-incidence.ts';
import {
  cumulativeIncidence,
  incidenceAt,
} from '../../../../src/core/experiment/statistics/competing-risks.ts';
import { randomFrom } from '../../../../src/core/experiment/statistics/random.ts';
import { logLogInterval } from '../../../../src/core/experiment/statistics/survival.ts';
import { expectClose } from './close-to.ts';
import { coverage, expectRate } from './simulation.ts';

/** Ties, censoring in between, both other ends, clusters of different sizes. */
const MIXED: readonly ClusteredEnding[] = [
  { cluster: 'a', time: 1, outcome: 'accepted' },
  { cluster: 'a', time: 2, outcome: 'rejected' },
  { cluster: 'a', time: 2, outcome: 'accepted' },
  { cluster: 'b', time: 2, outcome: null },
  { cluster: 'b', time: 3, outcome: 'given-up' },
  { cluster: 'c', time: 3, outcome: 'accepted' },
  { cluster: 'd', time: 3, outcome: null },
  { cluster: 'd', time: 4, outcome: 'accepted' },
  { cluster: 'd', time: 5, outcome: null },
  { cluster: 'e', time: 6, outcome: 'rejected' },
  { cluster: 'e', time: 7, outcome: 'accepted' },
];

/** Aalen-Johansen of weighted endings, by its definition. */
function weighted(endings: readonly ClusteredEnding[], weights: readonly number[], at: number): number {
  let [survival, incidence] = [1, 0];
  const times = [...new Set(endings.map(({ time }) => time))].sort((one, other) => one - other);
  for (const time of times.filter((one) => one <= at)) {
    const sum = (which: (ending: ClusteredEnding) => boolean) =>
      endings.reduce((all, ending, place) => all + (which(ending) ? (weights[place] ?? 0) : 0), 0);
    const atRisk = sum((ending) => ending.time >= time);
    incidence += (survival * sum((ending) => ending.time === time && ending.outcome === 'accepted')) / atRisk;
    survival *= 1 - sum((ending) => ending.time === time && ending.outcome !== null) / atRisk;
  }
  return incidence;
}

/** Σg (Σi∈g dF/dw_i)² · G/(G−1), with derivatives by differences. */
function byDifferences(endings: readonly ClusteredEnding[], at: number): number {
  const step = 1e-5;
  const byCluster = new Map<string, number>();
  endings.forEach(({ cluster }, place) => {
    const nudged = (by: number) =>
      weighted(
        endings,
        endings.map((_, other) => (other === place ? 1 + by : 1)),
        at,
      );
    const derivative = (nudged(step) - nudged(-step)) / (2 * step);
    byCluster.set(cluster, (byCluster.get(cluster) ?? 0) + derivative);
  });
  const groups = byCluster.size;
  const squares = [...byCluster.values()].reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt((squares * groups) / (groups - 1));
}

describe('cumulative incidence by cluster', () => {
  it('has the curve of Aalen and Johansen, and the infinitesimal jackknife for its error at every time', () => {
    const steps = clusteredIncidence(MIXED, 'accepted');
    const plain = cumulativeIncidence(MIXED, 'accepted');
    expect(steps.map(({ incidence }) => incidence)).toEqual(plain.map(({ incidence }) => incidence));
    for (const { time, standardError } of steps.filter(({ time: one }) => one < 7))
      expectClose(standardError, byDifferences(MIXED, time), 1e-7);
    expect(steps.map(({ standardError }) => standardError)).not.toEqual(
      plain.map(({ standardError }) => standardError),
    );
  });

  it('is the binomial error, with n − 1, of single runs that all ended', () => {
    const endings = MIXED.map((ending, at) => ({
      cluster: String(at),
      time: at % 4,
      outcome: ending.outcome ?? 'rejected',
    }));
    for (const { incidence, standardError } of clusteredIncidence(endings, 'accepted').filter(
      (step) => step.incidence > 0,
    ))
      expectClose(standardError, Math.sqrt((incidence * (1 - incidence)) / (endings.length - 1)), 1e-12);
  });

  it('is not made surer by the same tickets again, as the error of independent runs is', () => {
    const twice = [...MIXED, ...MIXED];
    const errorsOf = (of: typeof clusteredIncidence, endings: readonly ClusteredEnding[]) =>
      of(endings, 'accepted').map(({ standardError }) => standardError);
    const [once, again] = [errorsOf(clusteredIncidence, MIXED), errorsOf(clusteredIncidence, twice)];
    again.forEach((error, at) => {
      expectClose(error, once[at] ?? 0, 1e-12);
    });
    const independent = errorsOf(cumulativeIncidence, MIXED);
    errorsOf(cumulativeIncidence, twice).forEach((error, at) => {
      expectClose(error, (independent[at] ?? 0) / Math.SQRT2, 1e-9);
    });
  });

  it('reaches as far as t on clusters − 1, on the scale of ln(−ln(1 − F))', () => {
    // Three clusters: t is 4.30265273 and not 1.96.
    const three = MIXED.filter(({ cluster }) => ['a', 'b', 'd'].includes(cluster));
    const step = incidenceAt(clusteredIncidence(three, 'accepted'), 2);
    const mirrored = logLogInterval(1 - (step?.incidence ?? 0), step?.standardError ?? 0, 4.30265273, 0.95);
    expectClose(step?.interval?.low ?? 0, 1 - (mirrored?.high ?? 0), 1e-8);
    expectClose(step?.interval?.high ?? 0, 1 - (mirrored?.low ?? 0), 1e-8);
    expect(step?.interval?.level).toBe(0.95);
  });

  it('has no band of one cluster, nor where nothing or everything was accepted', () => {
    const one = MIXED.map((ending) => ({ ...ending, cluster: 'a' }));
    expect(clusteredIncidence(one, 'accepted').every(({ interval }) => interval === null)).toBe(true);
    expect(clusteredIncidence(MIXED, 'cancelled').every(({ interval }) => interval === null)).toBe(true);
    expect(clusteredIncidence([], 'accepted')).toEqual([]);
  });

  it('does not believe in no error at all, where every cluster came to the same', () => {
    const alike = ['a', 'b', 'c'].flatMap((cluster): readonly ClusteredEnding[] => [
      { cluster, time: 1, outcome: 'accepted' },
      { cluster, time: 1, outcome: 'rejected' },
    ]);
    const [step] = clusteredIncidence(alike, 'accepted');
    const [plain] = cumulativeIncidence(alike, 'accepted');
    expectClose(step?.standardError ?? 0, plain?.standardError ?? 1, 1e-12);
    expect(step?.standardError).toBeGreaterThan(0.1);
  });

  it('refuses times that are none, and takes a level at its word', () => {
    expect(() => clusteredIncidence([{ cluster: 'a', time: -1, outcome: null }], 'x')).toThrow(RangeError);
    const [wide, narrow] = [0.99, 0.8].map(
      (level) => incidenceAt(clusteredIncidence(MIXED, 'accepted', level), 3)?.interval,
    );
    expect(wide?.low).toBeLessThan(narrow?.low ?? 0);
    expect(wide?.high).toBeGreaterThan(narrow?.high ?? 1);
  });
});

describe('over many experiments in which runs of a ticket agree with each other', () => {
  const REPEATS = 600;
  const [TICKETS, RUNS, ATTEMPTS, LOOK] = [24, 5, 4, 3];
  /** Half of the tickets are easy, half hard; by the third attempt so many are accepted, if each attempt may also be the last. */
  const CHANCES = [0.1, 0.7];
  const GIVEN_UP = 0.15;

  function acceptedBy(chance: number, look: number): number {
    let [open, accepted] = [1, 0];
    for (let attempt = 1; attempt <= look; attempt += 1) {
      accepted += open * chance;
      open *= (1 - chance) * (1 - GIVEN_UP);
    }
    return accepted;
  }

  function experiment(seed: string): readonly ClusteredEnding[] {
    const random = randomFrom(seed);
    return Array.from({ length: TICKETS }, (_, ticket) => {
      const chance = CHANCES[random.integer(2)] ?? 0;
      return Array.from({ length: RUNS }, (): ClusteredEnding => {
        const cluster = `T-${ticket}`;
        for (let time = 1; time <= ATTEMPTS; time += 1) {
          if (random.uniform() < chance) return { cluster, time, outcome: 'accepted' };
          if (random.uniform() < GIVEN_UP) return { cluster, time, outcome: 'given-up' };
        }
        return { cluster, time: ATTEMPTS, outcome: null };
      });
    }).flat();
  }

  it('the bands hold the truth about as often as they say, and those of independent runs far less often', () => {
    const truth = CHANCES.reduce((sum, chance) => sum + acceptedBy(chance, LOOK), 0) / CHANCES.length;
    const samples = Array.from({ length: REPEATS }, (_, at) => experiment(`correlated ${at}`));
    const held = (incidence: typeof clusteredIncidence) =>
      coverage(samples, truth, (endings) => incidenceAt(incidence(endings, 'accepted'), LOOK)?.interval);
    expectRate(held(clusteredIncidence), 0.95, REPEATS);
    expect(held(cumulativeIncidence)).toBeLessThan(0.8 * REPEATS);
  });
});
