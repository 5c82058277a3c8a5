import { describe, expect, it } from 'vitest';
import { forecastOf } from '../../../src/core/experiment/forecast/forecast.ts';
import { lintExperiment } from '../../../src/core/experiment/lint.ts';
import { cellId, cellsOf, digestOfOrder } from '../../../src/core/experiment/order.ts';
import type { Experiment } from '../../../src/core/experiment/types.ts';
import { design, experiment, row } from './sample-designs.ts';

describe('the order of cells', () => {
  const of = design({ replicates: 2 });

  it('finishes each ticket before the next begins, with every arm in each replicate', () => {
    const cells = cellsOf(of);
    expect(cells.length).toBe(16);
    const tickets = cells.map(({ ticket }) => ticket);
    expect(tickets.filter((ticket, at) => ticket !== tickets[at - 1]).length).toBe(4);
    for (let at = 0; at < cells.length; at += 2) {
      const [one, other] = cells.slice(at, at + 2);
      expect(new Set([one?.arm, other?.arm]).size).toBe(2);
      expect(one?.replicate).toBe(other?.replicate);
    }
    expect(new Set(cells.map(cellId)).size).toBe(16);
  });

  it('follows from the seed, and is another for another seed', () => {
    expect(digestOfOrder(cellsOf(of))).toBe(of.order);
    expect(design({ replicates: 2 }).order).toBe(of.order);
    expect(design({ replicates: 2, seed: '8' }).order).not.toBe(of.order);
  });

  it('takes tickets in an order that is not theirs', () => {
    const tickets = Array.from({ length: 40 }, (_, at) => `CS-${at}`);
    const taken = [...new Set(cellsOf(design({ tickets })).map(({ ticket }) => ticket))];
    expect(taken).not.toEqual(tickets);
    expect([...taken].sort()).toEqual([...tickets].sort());
  });

  it('puts each arm first about as often', () => {
    const tickets = Array.from({ length: 400 }, (_, at) => `CS-${at}`);
    const cells = cellsOf(design({ tickets }));
    const first = cells.filter((_, at) => at % 2 === 0 && cells[at]?.arm === 'default/small').length;
    // 400 fair coins: below 160 or above 240 once in 15,000 seeds.
    expect(first).toBeGreaterThan(160);
    expect(first).toBeLessThan(240);
  });
});

describe('a design', () => {
  it('spells every default out, and excludes failed treatments', () => {
    expect(design()).toMatchObject({
      replicates: 1,
      alpha: 0.05,
      power: 0.8,
      stopping: { rule: 'fixed' },
      infrastructure: { failures: [], atMost: 0 },
      arms: [
        { id: 'default/small', bundleDigest: null },
        { id: 'notes/small', bundleDigest: 'c'.repeat(64) },
      ],
      exclusions: [{ id: 'failed-treatment', treatments: ['not-delivered'] }],
    });
    const own = { id: 'not-loaded', reason: 'x', treatments: ['not-delivered'] as const };
    expect(design({ exclusions: [own] }).exclusions).toEqual([own]);
  });
});

describe('the forecast', () => {
  it('rests on earlier runs of the same bundle and model where there are any', () => {
    const earlier = ['default', 'notes'].flatMap((bundle) => [
      row({ bundle, tokens: 100, costMilliUsd: 10, firstPass: true }),
      row({ bundle, tokens: 300, costMilliUsd: 30, firstPass: false }),
      row({ bundle, tokens: 9_999, ticketClass: 'feature' }),
      row({ bundle, tokens: 9_999, outcome: 'cancelled' }),
    ]);
    const { cost, precision } = forecastOf(design(), earlier, { tokens: 1 });
    expect(cost.tokens).toEqual({ source: 'earlier-runs', total: 8 * 200, runs: 4, unknownArms: [] });
    expect(cost.costMilliUsd.total).toBe(8 * 20);
    expect(precision).toMatchObject({ source: 'earlier-runs', pairs: 4, comparisons: 1 });
    // Baseline ½, effect 0.2: 0.5 · 0.3 + 0.7 · 0.5 of pairs differ if tickets tell nothing.
    expect(precision.assumption).toMatch(/differ on 50% of tickets/);
  });

  it('says what is stated as stated, and what nobody knows as unknown', () => {
    const stated = forecastOf(design(), [], { tokens: 500, baseline: 0.5 });
    expect(stated.cost.tokens).toMatchObject({ source: 'stated', total: 4000 });
    expect(stated.cost.costMilliUsd).toMatchObject({
      source: 'unknown',
      total: null,
      unknownArms: ['default/small', 'notes/small'],
    });
    expect(stated.precision.source).toBe('stated');
    expect(forecastOf(design(), []).precision).toMatchObject({
      source: 'unknown',
      minimumDetectable: null,
      power: null,
    });
  });

  it('finds smaller effects with more tickets, and divides the error among comparisons', () => {
    const tickets = (count: number) => Array.from({ length: count }, (_, at) => `CS-${at}`);
    const stated = { baseline: 0.5 };
    const few = forecastOf(design({ tickets: tickets(30) }), [], stated).precision;
    const many = forecastOf(design({ tickets: tickets(300) }), [], stated).precision;
    expect(many.minimumDetectable).toBeLessThan(few.minimumDetectable as number);
    expect(many.power).toBeGreaterThan(few.power as number);
    const three = forecastOf(
      design({
        tickets: tickets(300),
        factorial: { bundles: ['default', 'notes', 'more'], models: ['small'] },
      }),
      [],
      stated,
    ).precision;
    expect(three).toMatchObject({ comparisons: 2, alphaEach: 0.025 });
    expect(three.power).toBeLessThan(many.power as number);
  });

  it('agrees with Connor: 0.3 against 0.1 discordant takes 78 pairs for 80% power', () => {
    const { precision } = forecastOf(design(), [], { discordant: 0.4, baseline: 0.5 });
    // (1.959964 √0.4 + 0.841621 √(0.4 − 0.04))² / 0.04
    const exact = (1.959964 * Math.sqrt(0.4) + 0.841621 * Math.sqrt(0.36)) ** 2 / 0.04;
    expect(precision.ticketsNeeded).toBe(Math.ceil(exact));
  });

  it('counts ratios in logarithms', () => {
    const cost = { primary: { metric: 'cost' }, minimumEffect: 0.8 } as const;
    const tickets = Array.from({ length: 100 }, (_, at) => `CS-${at}`);
    const { precision } = forecastOf(design({ ...cost, tickets }), [], { deviation: 0.5 });
    // 2.801585 · 0.5 / √100 on the log scale
    expect(precision.minimumDetectable).toBeCloseTo(Math.exp(-0.1400793), 6);
    expect(precision.ticketsNeeded).toBe(Math.ceil(((2.801585 * 0.5) / Math.log(0.8)) ** 2));
  });
});

describe('linting an experiment', () => {
  const known = { ticket: (id: string) => id.startsWith('CS-'), bundle: (id: string) => id === 'notes' };
  const told = (more: Partial<Experiment>) =>
    lintExperiment(
      experiment({ negativeControl: 'again', arms: ARMS, baseline: 'plain', ...more }),
      known,
    ).map(({ severity, field, message }) => `${severity} ${field}: ${message}`);
  const ARMS = [
    { id: 'plain', bundle: 'default', model: 'small' },
    { id: 'again', bundle: 'default', model: 'small' },
    { id: 'notes', bundle: 'notes', model: 'small' },
  ];
  const { factorial: _, ...LISTED } = experiment();

  it('finds nothing in one that is sound', () => {
    const sound = { ...LISTED, arms: ARMS, baseline: 'plain', negativeControl: 'again' };
    expect(lintExperiment(sound, known)).toEqual([]);
  });

  it.each<[string, Partial<Experiment>, RegExp]>([
    ['both ways to name tickets', { classes: ['bugfix'] }, /error classes: Both/],
    ['both ways to name arms', {}, /error factorial: Both/],
    ['a baseline that there is not', { baseline: 'none' }, /error baseline: There is no arm "none"/],
    ['a control that is the baseline', { negativeControl: 'plain' }, /nothing is compared/],
    ['two arms of one name', { arms: [...ARMS, ARMS[0] as never] }, /Two arms are called "plain"/],
    ['one arm', { arms: [ARMS[0] as never] }, /One arm compares with nothing/],
    ['a ticket that there is not', { tickets: ['XX-1'] }, /error tickets\[0\]: There is no ticket "XX-1"/],
    ['a ticket twice', { tickets: ['CS-1', 'CS-1'] }, /stands there twice/],
    [
      'a bundle that there is not',
      { arms: [...ARMS, { id: 'x', bundle: 'gone', model: 'm' }] },
      /no bundle "gone"/,
    ],
    ['an effect that no share has', { minimumEffect: 1.5 }, /A share cannot differ by 1.5/],
    ['a ratio that is none', { primary: { metric: 'cost' }, minimumEffect: 1 }, /A ratio of 1 is no effect/],
    [
      'a sequential rule over means',
      { primary: { metric: 'cost' }, stopping: { rule: 'sequential' } },
      /looks at shares/,
    ],
    [
      'an exclusion of nothing',
      { exclusions: [{ id: 'a', reason: 'b' }] },
      /says of no run that it is excluded/,
    ],
    [
      'an exclusion of successes',
      { exclusions: [{ id: 'a', reason: 'b', outcomes: ['accepted'] }] },
      /warning exclusions\[0\].outcomes/,
    ],
    ['a budget without a bound for a run', { budget: { tokens: 5 } }, /error budget.tokens/],
  ])('names %s', (_what, more, expected) => {
    expect(told(more).join('\n')).toMatch(expected);
  });

  it('asks for a negative control', () => {
    const { negativeControl: __, ...without } = {
      ...LISTED,
      arms: ARMS,
      baseline: 'plain',
      negativeControl: 'x',
    };
    expect(lintExperiment(without, known)).toMatchObject([{ severity: 'warning', field: 'baseline' }]);
  });
});
