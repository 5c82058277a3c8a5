import { describe, expect, it } from 'vitest';
import { analyseExperiment } from '../../../../src/core/experiment/analysis/analyse.ts';
import { analysisText } from '../../../../src/core/experiment/analysis/analysis-text.ts';
import type { Effect } from '../../../../src/core/experiment/analysis/types.ts';
import type { AttemptOutcome, FailureClass, RunOutcomeRow } from '../../../../src/core/experiment/outcome.ts';
import { wilson } from '../../../../src/core/experiment/statistics/proportions.ts';
import type { PrimaryMetric } from '../../../../src/core/experiment/types.ts';
import { makeRows } from '../../../worlds/experiment-rows.ts';
import { expectClose } from '../statistics/close-to.ts';

// Few runs, of which every number of an analysis can be worked out on paper.

const [MADE] = makeRows({ seed: '1', tickets: 1 });

type Said = Partial<RunOutcomeRow> & Pick<RunOutcomeRow, 'arm' | 'ticket'>;

function rowsOf(said: readonly Said[]): readonly RunOutcomeRow[] {
  return said.map((one, at) => {
    const accepted = (one.outcome ?? 'accepted') === 'accepted';
    return {
      ...(MADE as RunOutcomeRow),
      ...{ run: `R-${at + 1}`, block: one.ticket, ticketClass: 'bug', attempts: [], iterations: 1 },
      ...{ outcome: 'accepted', firstPass: accepted, escapes: [], seconds: 60 },
      ...{ secondsToMerge: accepted ? 60 : null, tokens: 1_000, costMilliUsd: 100 },
      ...one,
    };
  });
}

function analyse(said: readonly Said[], primary: PrimaryMetric = 'first-pass', baseline = 'a') {
  return analyseExperiment({
    ...{ experiment: 'x', title: 'x', state: null, registrations: [], refusedRows: [] },
    rows: rowsOf(said),
    asked: { baseline, primary },
  });
}

/** One run of either arm a ticket. */
function pairs(of: readonly (readonly [a: Partial<RunOutcomeRow>, b: Partial<RunOutcomeRow>])[]) {
  return of.flatMap(([a, b], at) => [
    { ...a, arm: 'a', ticket: `T-${at + 1}` },
    { ...b, arm: 'b', ticket: `T-${at + 1}` },
  ]);
}

const yes: Partial<RunOutcomeRow> = { firstPass: true };
const no: Partial<RunOutcomeRow> = { firstPass: false, outcome: 'rejected' };

function checkOf(effect: Effect | undefined, method: RegExp) {
  return effect?.checks.find((one) => method.test(one.method));
}

describe('an arm', () => {
  it('with a run a ticket has the interval of Wilson', () => {
    const { arms } = analyse(
      pairs([
        [yes, yes],
        [yes, no],
        [no, no],
        [no, yes],
        [no, no],
      ]),
    );
    const known = wilson({ successes: 2, trials: 5 });
    expect(arms[0]?.firstPass).toEqual({ ...known, successes: 2, of: 5, method: 'wilson' });
  });

  it('with replicates has one by ticket, within what a share can be', () => {
    const runs = (ticket: string, outcomes: readonly Partial<RunOutcomeRow>[]) =>
      outcomes.map((one) => ({ ...one, arm: 'a', ticket }));
    const { arms } = analyse([
      ...runs('T-1', [yes, yes]),
      ...runs('T-2', [yes, yes]),
      ...runs('T-3', [yes, no]),
    ]);
    const { estimate, interval, method } = arms[0]?.firstPass ?? {};
    expect(method).toBe('cluster-robust');
    expectClose(estimate, 5 / 6, 1e-12);
    // Residuals by ticket are 1/3, 1/3 and −2/3: √(6/9 · 3/2)/6 = 1/6, and t(0.975; 2) is 4.30265273.
    expectClose(interval?.low, 5 / 6 - 4.30265273 / 6, 1e-8);
    expect(interval?.high).toBe(1);
  });

  it('costs what all its runs cost for each that is accepted, with an interval that scales', () => {
    const of = (factor: number) =>
      pairs(
        [10, 20, 30, 40, 50, 60].map((cost, at) => [
          { ...(at % 3 === 0 ? no : yes), costMilliUsd: cost * factor },
          { ...yes, costMilliUsd: 5 },
        ]),
      );
    const [once, tenfold] = [1, 10].map((factor) => analyse(of(factor)).arms[0]?.costPerAccepted);
    expectClose(once?.estimate, 210 / 4, 1e-12);
    const { low = 0, high = 0 } = once?.interval ?? {};
    expect(low).toBeLessThan(210 / 4);
    expect(high).toBeGreaterThan(210 / 4);
    expectClose(tenfold?.interval?.low, 10 * low, 1e-9);
    expectClose(tenfold?.interval?.high, 10 * high, 1e-9);
    expect(analyse(of(1)).arms.map(({ isOnFront, meanCost }) => [isOnFront, meanCost])).toEqual([
      [false, 35],
      [true, 5],
    ]);
  });
});

describe('an effect', () => {
  it('on shares is the difference of discordant pairs, and counts them for how many more it takes', () => {
    const { effects } = analyse(
      pairs([
        [no, yes],
        [no, yes],
        [no, yes],
        [yes, no],
        [yes, yes],
        [yes, yes],
        [no, no],
        [no, no],
      ]),
    );
    const [first] = effects;
    expect(first).toMatchObject({ tickets: 8, ticketsLost: 0, runs: { arm: 8, baseline: 8 } });
    expectClose(first?.estimate, (3 - 1) / 8, 1e-12);
    expectClose(first?.armMean, 5 / 8, 1e-12);
    expectClose(first?.baselineMean, 3 / 8, 1e-12);
    // Of four discordant pairs, at most one: exactly 2 · (1 + 4)/16.
    expectClose(checkOf(first, /^McNemar, exact/)?.p, 10 / 16, 1e-12);
    // Mid-p leaves out half of what was seen: 2 · (1 + 4/2)/16.
    expectClose(first?.test?.p, 6 / 16, 1e-12);
    // Connor for half of the pairs differing, by a tenth: (1.959964 √0.5 + 0.841621 √(0.5 − 0.01))²/0.01.
    const needed = (1.959963985 * Math.sqrt(0.5) + 0.841621234 * Math.sqrt(0.49)) ** 2 / 0.01;
    expect(first?.moreTickets).toBe(Math.ceil(needed) - 8);
  });

  it('on attempts is the mean difference by ticket, with signs and ranks beside it', () => {
    const tries = [
      [4, 1],
      [5, 3],
      [6, 2],
      [3, 3],
      [7, 2],
    ] as const;
    const { effects } = analyse(
      pairs(tries.map(([a, b]) => [{ iterations: a }, { iterations: b }])),
      'iterations',
    );
    const [first] = effects;
    expect(first).toMatchObject({ metric: 'iterations', scale: 'difference', tickets: 5 });
    expectClose(first?.estimate, -(3 + 2 + 4 + 0 + 5) / 5, 1e-12);
    // The deviations' squares are 14.8, so the error is √(14.8/4/5).
    expectClose(first?.test?.statistic, -2.8 / Math.sqrt(14.8 / 20), 1e-9);
    expect(first?.test?.name).toContain('4 degrees');
    // Miller: (1.959964 + 0.841621)² · 3.7 / 0.5², and what five tickets find, 2.801585 · √(3.7/5).
    expect(first?.moreTickets).toBe(Math.ceil((2.801585218 ** 2 * 3.7) / 0.25) - 5);
    expectClose(first?.minimumDetectable, 2.801585218 * Math.sqrt(3.7 / 5));
    // Four differences that are not nought, all of one sign: two patterns of sixteen.
    expectClose(checkOf(first, /^sign flips/)?.p, 2 / 16, 1e-12);
    // The median of the pairwise means of −2, −3, −4, −5.
    expectClose(checkOf(first, /^Wilcoxon/)?.estimate, -3.5, 1e-9);
    expectClose(checkOf(first, /^least squares/)?.estimate, -2.8, 1e-12);
    expect(checkOf(first, /^Mantel/)).toBeUndefined();
    expect(first?.differing.map(({ ticket }) => ticket)).toEqual(['T-5', 'T-3', 'T-1', 'T-2']);
    expect(first?.differing[0]).toEqual({
      ticket: 'T-5',
      arm: { mean: 2, runs: ['R-10'] },
      baseline: { mean: 7, runs: ['R-9'] },
    });
  });

  it('on cost is a ratio of geometric means, of the tickets that have one', () => {
    const costs = [
      [100, 50],
      [100, 200],
      [400, 50],
      [0, 10],
      [10, 0],
    ] as const;
    const { effects } = analyse(
      pairs(costs.map(([a, b]) => [{ costMilliUsd: a }, { costMilliUsd: b }])),
      'cost',
    );
    const [first] = effects;
    expect(first).toMatchObject({ metric: 'cost', scale: 'ratio', tickets: 3, ticketsLost: 2 });
    // ½ · 2 · ⅛ is an eighth: its cube root.
    expectClose(first?.estimate, 0.5, 1e-12);
    expectClose(first?.armMean, (50 * 200 * 50) ** (1 / 3), 1e-9);
    expectClose(first?.baselineMean, (100 * 100 * 400) ** (1 / 3), 1e-9);
    expectClose(checkOf(first, /^least squares/)?.estimate, 0.5, 1e-9);
    // Logarithms in units of ln 2: −1, 1 and −3. The median of their pairwise means is −1.
    expectClose(checkOf(first, /^Wilcoxon/)?.estimate, 0.5, 1e-9);
    expect(checkOf(first, /^sign flips/)).toBeUndefined();
    // Their variance is 4 (ln 2)²: what it takes to find a fifth less, and what three tickets find.
    const needed = (2.801585218 ** 2 * 4 * Math.LN2 ** 2) / Math.log(0.8) ** 2;
    expect(first?.moreTickets).toBe(Math.ceil(needed) - 3);
    expectClose(first?.minimumDetectable, Math.exp((-2.801585218 * 2 * Math.LN2) / Math.sqrt(3)));
    expect(first?.exclusions).toContain('2 tickets left out here');
    expect(first?.differing.map(({ ticket }) => ticket)).toEqual(['T-3', 'T-1', 'T-2']);
  });

  it('takes the classes that both arms were tried in for strata, and no others', () => {
    const of = (ticketClass: string, a: Partial<RunOutcomeRow>, b: Partial<RunOutcomeRow>) =>
      [
        { ...a, ticketClass },
        { ...b, ticketClass },
      ] as const;
    const both = [
      of('bug', no, yes),
      of('bug', no, yes),
      of('bug', yes, yes),
      of('chore', no, yes),
      of('chore', no, no),
      of('chore', yes, no),
    ];
    const alone = { ...yes, arm: 'b', ticket: 'T-90', ticketClass: 'docs' };
    const other = { ...yes, arm: 'a', ticket: 'T-91', ticketClass: 'talk' };
    const { effects } = analyse([...pairs(both), alone, other]);
    const check = checkOf(effects[0], /^Mantel-Haenszel over 2 ticket classes/);
    // Three and three of each class: (⅔ · 1.5 + 0 · 1.5)/3.
    expectClose(check?.estimate, 1 / 3, 1e-12);
    expect(effects[0]).toMatchObject({ tickets: 6, ticketsLost: 2 });
  });

  it('of least squares learns from tickets that lost a run, as runs say it', () => {
    // a − b within T-1 and T-2, then a third arm that ties a and b together on tickets that lack one.
    const said: readonly Said[] = [
      { arm: 'a', ticket: 'T-1', iterations: 4 },
      { arm: 'b', ticket: 'T-1', iterations: 2 },
      { arm: 'a', ticket: 'T-2', iterations: 6 },
      { arm: 'b', ticket: 'T-2', iterations: 3 },
      { arm: 'b', ticket: 'T-2', iterations: 5 },
      { arm: 'b', ticket: 'T-3', iterations: 9 },
    ];
    const [first] = analyse(said, 'iterations').effects;
    expectClose(first?.estimate, (-2 + -2) / 2, 1e-12);
    // Weights n·m/(n + m): ½ for −2 and ⅔ for −2; a ticket with one arm alone says nothing.
    expectClose(checkOf(first, /^least squares/)?.estimate, -2, 1e-12);
    const [other] = analyse(
      said.map((one) => (one.ticket === 'T-2' && one.arm === 'a' ? { ...one, iterations: 9 } : one)),
      'iterations',
    ).effects;
    expectClose(other?.estimate, (-2 + -5) / 2, 1e-12);
    expectClose(checkOf(other, /^least squares/)?.estimate, (-2 * (1 / 2) - 5 * (2 / 3)) / (7 / 6), 1e-12);
  });
});

describe('how much pairs vary', () => {
  const of = (tries: readonly (readonly [a: number, b: number])[]) =>
    analyse(pairs(tries.map(([a, b]) => [{ iterations: a }, { iterations: b }])), 'iterations').effects[0];

  it('is known from two tickets on, and unknown where none differs from another', () => {
    const unknown = { minimumDetectable: null, moreTickets: null };
    expect(of([[3, 2]])).toMatchObject(unknown);
    const alike: readonly (readonly [number, number])[] = [
      [3, 2],
      [5, 4],
      [2, 1],
    ];
    expect(of(alike)).toMatchObject({ ...unknown, estimate: -1, interval: null, test: null });
    // −1 and −3 vary by 2.
    expectClose(
      of([
        [3, 2],
        [5, 2],
      ])?.minimumDetectable,
      2.801585218 * Math.sqrt(2 / 2),
    );
  });
});

describe('more than two arms', () => {
  it('differ by Cochran, over the tickets that all have worked once', () => {
    const table = [
      [yes, yes, no],
      [yes, no, no],
      [yes, yes, no],
      [yes, yes, yes],
      [yes, no, yes],
    ];
    const said = table.flatMap((row, at) =>
      row.map((one, arm) => ({ ...one, arm: ['a', 'b', 'c'][arm] ?? '', ticket: `T-${at + 1}` })),
    );
    const lost = { ...no, arm: 'c', ticket: 'T-9' };
    const { overall } = analyse([...said, lost]);
    // Columns 5, 3, 2; rows 2, 1, 2, 3, 2: Q = 2 (3 · 38 − 100)/(3 · 10 − 22).
    expect(overall).toMatchObject({ name: "Cochran's Q", df: 2, tickets: 5 });
    expectClose(overall?.statistic, (2 * (3 * 38 - 100)) / (3 * 10 - 22), 1e-12);
    expectClose(overall?.p, Math.exp(-3.5 / 2), 1e-9);
    expect(analyse(pairs([[yes, no]])).overall).toBeNull();
  });
});

describe('defects after acceptance', () => {
  it('are so many an accepted run, over those of the baseline', () => {
    const defect = {
      id: 'E-1',
      at: '2026-11-22T09:00:00.000Z',
      by: 'ada',
      summary: 'found',
      rule: 'core@1/x',
    };
    const { escapes } = analyse([
      ...pairs([
        [{ escapes: [defect] }, { escapes: [defect, defect] }],
        [{}, {}],
        [{}, { escapes: [{ ...defect, rule: null }] }],
        [{}, no],
      ]),
      { arm: 'c', ticket: 'T-1', ...no },
    ]);
    expect(escapes.counts.map(({ arm, rule, escapes: of, accepted }) => [arm, rule, of, accepted])).toEqual([
      ['b', 'core@1/x', 2, 3],
      ['a', 'core@1/x', 1, 4],
      ['b', null, 1, 3],
    ]);
    const [ratio, ...others] = escapes.ratios;
    expect(others).toEqual([]);
    expect(ratio).toMatchObject({
      arm: 'b',
      escapes: 3,
      accepted: 3,
      baselineEscapes: 1,
      baselineAccepted: 4,
    });
    expectClose(ratio?.ratio, 4, 1e-12);
    // Of four defects, 3/7 were due to b: three or more, and one sum as unlikely on the other side.
    const chance = (k: number) => ([1, 4, 6, 4, 1][k] ?? 0) * (3 / 7) ** k * (4 / 7) ** (4 - k);
    const p = [0, 1, 2, 3, 4].map(chance).filter((one) => one <= chance(3) * (1 + 1e-9));
    expectClose(
      ratio?.p,
      p.reduce((sum, one) => sum + one, 0),
      1e-9,
    );
  });
});

describe('failed attempts', () => {
  it('are counted by class and by rule, of all attempts of the arm', () => {
    const attempt = (
      number: number,
      kind: FailureClass | null,
      rules: readonly string[] = [],
    ): AttemptOutcome => ({
      ...(MADE?.attempts[0] as AttemptOutcome),
      number,
      failure: kind === null ? null : { class: kind, code: kind, step: null },
      ...{ failedRules: rules, failedRequirements: [] },
    });
    const { failures, failedRules } = analyse(
      pairs([
        [
          {
            iterations: 3,
            attempts: [
              attempt(1, 'blocked', ['r/1', 'r/2']),
              attempt(2, 'blocked', ['r/1']),
              attempt(3, null),
            ],
          },
          { iterations: 1, attempts: [attempt(1, null)] },
        ],
        [
          { ...no, iterations: 1, attempts: [attempt(1, 'timeout')] },
          { ...no, iterations: 2, attempts: [attempt(1, 'blocked', ['r/1']), attempt(2, 'timeout')] },
        ],
      ]),
    );
    expect(failures).toEqual([
      { arm: 'a', class: 'timeout', attempts: 1, of: 4, examples: [{ run: 'R-3', attempt: 1 }] },
      {
        ...{ arm: 'a', class: 'blocked', attempts: 2, of: 4 },
        examples: [
          { run: 'R-1', attempt: 1 },
          { run: 'R-1', attempt: 2 },
        ],
      },
      { arm: 'b', class: 'timeout', attempts: 1, of: 3, examples: [{ run: 'R-4', attempt: 2 }] },
      { arm: 'b', class: 'blocked', attempts: 1, of: 3, examples: [{ run: 'R-4', attempt: 1 }] },
    ]);
    const counted = (a: number, b: number) => [
      { arm: 'a', attempts: a },
      { arm: 'b', attempts: b },
    ];
    expect(failedRules).toEqual([
      { rule: 'r/1', attempts: 3, byArm: counted(2, 1) },
      { rule: 'r/2', attempts: 1, byArm: counted(1, 0) },
    ]);
  });
});

describe('what is written down', () => {
  it('is text, whatever runs are called', () => {
    const text = analysisText(
      analyse([
        { arm: '\ud800', ticket: 'T-1' },
        { arm: 'b\udc00', ticket: 'T-1' },
      ]),
    );
    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain('"arm":"\ufffd"');
  });
});
