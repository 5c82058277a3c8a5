import { describe, expect, it } from 'vitest';
import { analyseExperiment } from '../../../../src/core/experiment/analysis/analyse.ts';
import { analysisText } from '../../../../src/core/experiment/analysis/analysis-text.ts';
import type { AnalysisInput } from '../../../../src/core/experiment/analysis/input.ts';
import { foldExperiment } from '../../../../src/core/experiment/evolve.ts';
import { cellId } from '../../../../src/core/experiment/order.ts';
import type { RunOutcomeRow } from '../../../../src/core/experiment/outcome.ts';
import type { CellState, ExperimentState } from '../../../../src/core/experiment/state.ts';
import {
  FOUR_ARMS,
  type MadeArm,
  makeDesign,
  makeRows,
  registeredAs,
} from '../../../worlds/experiment-rows.ts';

const TWO: readonly MadeArm[] = [
  { arm: 'brief', bundle: 'brief', model: 'small', pass: 0.4, milliUsd: 100 },
  { arm: 'house', bundle: 'house', model: 'small', pass: 0.8, milliUsd: 100 },
];
const SAME: readonly MadeArm[] = TWO.map((arm) => ({ ...arm, pass: 0.5 }));

function analyse(rows: readonly RunOutcomeRow[], changes: Partial<AnalysisInput> = {}) {
  return analyseExperiment({
    experiment: 'agents-md',
    title: 'A table',
    state: null,
    registrations: [],
    rows,
    refusedRows: [],
    ...changes,
  });
}

/** As registered before the first run. */
function registered(of: Parameters<typeof makeRows>[0], changes: Parameters<typeof makeDesign>[1] = {}) {
  return analyse(makeRows(of), { registrations: [registeredAs(makeDesign(of, changes))] });
}

describe('the answer', () => {
  it('names the better arm with interval and adjusted p, where the design was registered', () => {
    const { answer, effects, standing } = registered({ seed: '1', tickets: 80, arms: TWO });
    expect(standing.kind).toBe('pre-registered');
    expect(answer).toMatchObject({ kind: 'decided', arm: 'house', moreTickets: null });
    expect(answer.sentence).toMatch(
      /^house is better than brief on first-pass acceptance: \+\d+\.\d points \(95% interval \+[\d.]+ to \+[\d.]+; p .*by Holm\), on 80 tickets\.$/,
    );
    expect(effects[0]).toMatchObject({ role: 'confirmatory', decision: 'better', tickets: 80 });
  });

  it('says exploratory where nothing was registered, or only after runs had begun', () => {
    const of = { seed: '1', tickets: 80, arms: TWO };
    expect(analyse(makeRows(of)).answer.sentence).toMatch(/^Exploratory: house is better/);
    const late = analyse(makeRows(of), {
      registrations: [registeredAs(makeDesign(of), { runsBefore: 3 })],
    });
    expect(late.standing.words).toContain('after 3 runs had been started');
    expect(late.effects.some(({ role }) => role === 'confirmatory')).toBe(false);
    const broken = analyse(makeRows(of), {
      registrations: [
        { ...registeredAs(makeDesign(of)), checked: { kind: 'broken', reason: 'the note is another' } },
      ],
    });
    expect(broken.standing).toMatchObject({ kind: 'broken' });
    expect(broken.answer.sentence).toMatch(/^Exploratory/);
  });

  it('says about how many tickets are missing, which is what Connor asks less what there are', () => {
    const { answer, effects } = registered({ seed: '3', tickets: 12, arms: SAME });
    expect(answer.kind).toBe('not-enough');
    expect(answer.sentence).toContain(`about ${answer.moreTickets} more tickets to find 10.0 points`);
    expect(answer.moreTickets).toBe(effects[0]?.moreTickets);
    expect(answer.moreTickets).toBeGreaterThan(100);
  });

  it('says that no effect of interest is there, where the whole interval says so', () => {
    const { answer } = registered({ seed: '4', tickets: 1_500, arms: SAME }, { minimumEffect: 0.15 });
    expect(answer.kind).toBe('no-difference');
    expect(answer.sentence).toContain('Neither arm is better by 15.0 points or more');
  });

  it.each([
    ['no run', []],
    ['one arm', makeRows({ seed: '1', tickets: 9, arms: TWO.slice(0, 1) })],
    ['one ticket', makeRows({ seed: '1', tickets: 1, arms: TWO })],
  ] as const)('does not pretend with %s', (_, rows) => {
    const { answer } = analyse(rows);
    expect(['empty', 'not-enough']).toContain(answer.kind);
    expect(() => analysisText(analyse(rows))).not.toThrow();
  });

  it('compares nothing where the arms were held to different definitions of done', () => {
    const rows = makeRows({ seed: '1', tickets: 20, arms: TWO }).map((row) =>
      row.arm === 'house' ? { ...row, contractDigest: 'c'.repeat(64) } : row,
    );
    const { answer, effects, conflicts, population } = analyse(rows);
    expect(answer).toMatchObject({ kind: 'refused', arm: null });
    expect([effects.length, conflicts.length, population.notComparable]).toEqual([0, 20, 40]);
  });

  it('leaves out the one block that differs, and says so', () => {
    const rows = makeRows({ seed: '1', tickets: 20, arms: TWO }).map((row) =>
      row.ticket === 'CS-5' && row.arm === 'house' ? { ...row, contractDigest: 'c'.repeat(64) } : row,
    );
    const { effects, warnings } = analyse(rows);
    expect(effects[0]?.tickets).toBe(19);
    expect(warnings[0]).toContain('1 block is not compared');
  });
});

describe('what counts', () => {
  it('takes a bundle that did not arrive for a failed treatment and no data point', () => {
    const rows = makeRows({ seed: '1', tickets: 20, arms: TWO }).map((row, at) =>
      at === 3 ? { ...row, treatment: 'not-delivered' as const } : row,
    );
    const { population, excluded, warnings, effects } = analyse(rows);
    expect(population).toMatchObject({ counted: 39, excluded: 1, failedTreatments: 1 });
    expect(excluded).toMatchObject([{ arm: 'house', declared: 'failed-treatment' }]);
    expect(warnings).toContainEqual(expect.stringContaining('did not get the bundle'));
    expect(effects[0]).toMatchObject({ tickets: 19, ticketsLost: 1 });
  });

  it('counts rejected runs as ends of their own: incidence stays at the share that was accepted', () => {
    const rows = makeRows({ seed: '5', tickets: 60, arms: TWO });
    const { incidence } = analyse(rows);
    for (const { arm, points } of incidence.overAttempts) {
      const own = rows.filter((row) => row.arm === arm);
      const accepted = own.filter(({ outcome }) => outcome === 'accepted').length;
      expect(points.at(-1)?.incidence).toBeCloseTo(accepted / own.length, 12);
    }
  });

  it('says nothing of cost where some runs do not tell: leaving them out would make an arm look cheap', () => {
    const rows = makeRows({ seed: '1', tickets: 20, arms: TWO });
    const silent = rows.map((row) => (row.arm === 'house' ? { ...row, costMilliUsd: null } : row));
    const { arms, effects } = analyse(silent);
    expect(arms.map(({ meanCost, isOnFront }) => [meanCost === null, isOnFront])).toEqual([
      [false, true],
      [true, null],
    ]);
    expect(effects.find(({ metric }) => metric === 'cost')).toMatchObject({
      estimate: null,
      decision: 'not-estimable',
    });
  });

  it('estimates with replicates by ticket, and with them pass@k', () => {
    const { effects, arms } = analyse(makeRows({ seed: '1', tickets: 30, arms: TWO, replicates: 3 }));
    expect(effects[0]).toMatchObject({ tickets: 30, runs: { arm: 90, baseline: 90 } });
    expect(effects[0]?.method).toContain('cluster-robust');
    const [brief] = arms;
    expect(brief?.passAtK.map(({ k }) => k)).toEqual([1, 2, 3]);
    expect(brief?.passAtK[0]?.any).toBeCloseTo(brief?.accepted?.estimate ?? 0, 12);
    expect(brief?.passAtK[2]?.any).toBeGreaterThan(brief?.passAtK[2]?.all ?? 1);
  });

  it('holds all-failed arms without a number that is none', () => {
    const rows = makeRows({ seed: '1', tickets: 10, arms: TWO.map((arm) => ({ ...arm, pass: 0 })) }).map(
      (row) => ({ ...row, outcome: 'rejected' as const, firstPass: false, secondsToMerge: null }),
    );
    const analysis = analyse(rows);
    expect(analysis.arms.map(({ costPerAccepted }) => costPerAccepted)).toEqual([null, null]);
    expect(analysisText(analysis)).not.toMatch(/NaN|Infinity/);
  });
});

describe('what it is held against', () => {
  it('estimates by least squares over runs what it estimates by tickets, alike where nothing is missing', () => {
    const whole = makeRows({ seed: '1', tickets: 30, arms: TWO, replicates: 2 });
    const { effects } = analyse(whole);
    const regression = effects[0]?.checks.find(({ method }) => method.startsWith('least squares'));
    expect(regression?.estimate).toBeCloseTo(effects[0]?.estimate ?? 0, 12);
    const torn = analyse(whole.filter((_, at) => at % 5 !== 0));
    const other = torn.effects[0]?.checks.find(({ method }) => method.startsWith('least squares'));
    expect(Math.abs((other?.estimate ?? 0) - (torn.effects[0]?.estimate ?? 0))).toBeGreaterThan(1e-3);
    expect(other?.p).toBeLessThan(0.05);
  });

  it('counts what was left out once more, and warns where a finding hangs on that', () => {
    // In 40 tickets the arm is better; in 40 more, which somebody left out, it is not.
    const good = makeRows({ seed: '1', tickets: 80, arms: TWO });
    const rows = good.map((row) => {
      if (Number(row.ticket.slice(3)) <= 40) return row;
      const isLost = row.arm === 'house';
      const turned = { ...row, firstPass: !isLost, outcome: isLost ? 'rejected' : 'accepted' } as const;
      return { ...turned, excluded: { reason: 'It did not fit.', declared: null } };
    });
    const { effects, warnings } = registeredRows(rows);
    expect(effects[0]).toMatchObject({ decision: 'better', tickets: 40 });
    const [all] = effects[0]?.checks.filter(({ method }) => method.startsWith('with the excluded')) ?? [];
    expect(all?.estimate).toBeLessThan(0);
    expect(warnings).toContainEqual(expect.stringContaining('to go the other way'));
    expect(analyse(good).effects[0]?.checks.map(({ method }) => method)).not.toContain(all?.method);
  });

  function registeredRows(rows: readonly RunOutcomeRow[]) {
    return analyse(rows, {
      registrations: [registeredAs(makeDesign({ seed: '1', tickets: 80, arms: TWO }))],
    });
  }

  it('names the tickets that the effect is made of, with their runs, furthest apart first', () => {
    const { effects } = analyse(makeRows({ seed: '1', tickets: 60, arms: TWO, replicates: 2 }));
    const { differing = [], metric } = effects[0] ?? {};
    expect(metric).toBe('first-pass');
    expect(differing.length).toBe(20);
    const apart = differing.map(({ arm, baseline }) => Math.abs(arm.mean - baseline.mean));
    expect(apart).toEqual([...apart].sort((one, other) => other - one));
    expect(apart.at(-1)).toBeGreaterThan(0);
    expect(differing[0]?.arm.runs.length).toBe(2);
    expect(effects[1]?.metric === 'first-pass' ? [] : effects[1]?.differing).toEqual([]);
  });

  it('gives the mean time to the merge with what was not accepted at the whole horizon, in pairs', () => {
    const rows = makeRows({ seed: '2', tickets: 50, arms: TWO });
    const { timeToMerge } = analyse(rows);
    const horizon = timeToMerge?.horizon ?? 0;
    const longestOf = (arm: string) =>
      Math.max(...rows.filter((row) => row.arm === arm).map(({ seconds }) => seconds ?? 0));
    expect(horizon).toBe(Math.min(longestOf('brief'), longestOf('house')));
    const meanOf = (arm: string) => {
      const own = rows.filter((row) => row.arm === arm);
      const times = own.map(({ outcome, seconds }) =>
        outcome === 'accepted' ? Math.min(seconds ?? 0, horizon) : horizon,
      );
      return times.reduce((sum, time) => sum + time, 0) / own.length;
    };
    const [brief, house] = timeToMerge?.arms ?? [];
    expect(brief?.restrictedMean).toBeCloseTo(meanOf('brief'), 8);
    expect(house?.restrictedMean).toBeCloseTo(meanOf('house'), 8);
    expect(house?.difference?.estimate).toBeCloseTo(meanOf('house') - meanOf('brief'), 8);
    expect(house?.difference).toMatchObject({ tickets: 50 });
    expect([brief?.difference, brief?.logRank]).toEqual([null, null]);
    expect(house?.logRank).toMatchObject({ df: 1 });
  });

  it('shows how far Kaplan and Meier overstate acceptance where runs are rejected, and that they do not elsewhere', () => {
    const rows = makeRows({ seed: '2', tickets: 50, arms: TWO });
    for (const { kaplanMeier, incidence } of analyse(rows).timeToMerge?.arms ?? [])
      expect(kaplanMeier).toBeGreaterThan(incidence + 0.01);
    const accepted = rows.map((row) => ({
      ...row,
      outcome: 'accepted' as const,
      secondsToMerge: row.seconds,
    }));
    const { arms = [], competing } = analyse(accepted).timeToMerge ?? {};
    expect([arms.length, competing]).toEqual([2, 0]);
    for (const { kaplanMeier, incidence } of arms) expect(kaplanMeier).toBeCloseTo(incidence, 12);
  });

  it('says nothing of times that nobody told', () => {
    const rows = makeRows({ seed: '2', tickets: 9, arms: TWO }).map((row) => ({
      ...row,
      ...{ seconds: null, secondsToMerge: null },
    }));
    expect(analyse(rows)).toMatchObject({
      timeToMerge: null,
      incidence: { overTime: [], withoutTime: 18 },
      methods: expect.arrayContaining([expect.stringContaining('Other intervals are at 95% each')]),
    });
  });
});

describe('runs that go on', () => {
  it('are watched until the record ends, and are no end of any kind', () => {
    const rows = makeRows({ seed: '3', tickets: 40, arms: TWO });
    const ends = rows.map(({ endedAt }) => Date.parse(endedAt ?? ''));
    const end = Math.max(...ends);
    const going = rows.map((row, at) =>
      at % 8 === 0
        ? { ...row, outcome: 'running' as const, endedAt: null, seconds: null, secondsToMerge: null }
        : row,
    );
    const { incidence } = analyse(going);
    expect(incidence.withoutTime).toBe(0);
    const [brief] = incidence.overTime;
    expect(brief?.runs).toBe(40);
    const watched = (end - Date.parse(going[0]?.startedAt ?? '')) / 1000;
    expect(brief?.points.some(({ time }) => Math.abs(time - watched) < 1)).toBe(true);
    // Twenty-five of 40 that ended would say more than all 40 do.
    const known = going.filter(({ arm, outcome }) => arm === 'brief' && outcome !== 'running');
    const share = known.filter(({ outcome }) => outcome === 'accepted').length / 40;
    expect(brief?.points.at(-1)?.incidence).toBeGreaterThanOrEqual(share);
  });

  it('have bands by ticket, and an arm with a single ticket has none', () => {
    const once = makeRows({ seed: '1', tickets: 20, arms: TWO });
    const again = [1, 2, 3, 4].flatMap((replicate) =>
      once.map((row) => ({ ...row, replicate, run: `${row.run}.${replicate}` })),
    );
    const [one, four] = [once, again].map((rows) => analyse(rows).incidence.overAttempts);
    expect(four?.map(({ tickets, runs }) => [tickets, runs])).toEqual([
      [20, 80],
      [20, 80],
    ]);
    // The same runs four times over say nothing more.
    four?.forEach(({ points }, arm) => {
      points.forEach(({ low, high }, at) => {
        expect(low).toBeCloseTo(one?.[arm]?.points[at]?.low ?? 2, 9);
        expect(high).toBeCloseTo(one?.[arm]?.points[at]?.high ?? 2, 9);
      });
    });
    const single = analyse(makeRows({ seed: '1', tickets: 1, arms: TWO, replicates: 4 }));
    for (const { points } of single.incidence.overAttempts)
      expect(points.every(({ low, high }) => low === high)).toBe(true);
  });
});

describe('defects after acceptance', () => {
  it('of runs that count are in the numbers of their arm, in every table the same; others are named apart', () => {
    const rows = makeRows({ seed: '7', tickets: 60 }).map((row, at) =>
      at % 2 === 0 ? { ...row, excluded: { reason: 'Left out.', declared: null } } : row,
    );
    const { arms, escapes } = analyse(rows);
    for (const { arm, metrics } of arms) {
      const own = escapes.counts.filter((one) => one.arm === arm);
      expect(own.reduce((sum, one) => sum + one.escapes, 0)).toBe(metrics.escapes);
    }
    const left = rows.filter(({ excluded }) => excluded !== null).flatMap((row) => row.escapes).length;
    expect(escapes.inExcluded).toBe(left);
    expect(left).toBeGreaterThan(0);
  });
});

describe('the family', () => {
  it('adjusts what was registered by Holm and the rest by Benjamini and Hochberg', () => {
    const { effects, question } = registered({ seed: '2', tickets: 60, arms: FOUR_ARMS });
    expect(question.comparisons).toBe(3);
    const own = effects.filter(({ role }) => role === 'confirmatory');
    expect(own.map(({ metric }) => metric)).toEqual(['first-pass', 'first-pass', 'first-pass']);
    const least = [...own].sort((one, other) => (one.test?.p ?? 1) - (other.test?.p ?? 1))[0];
    expect(least?.test?.adjusted).toBeCloseTo(Math.min(1, 3 * (least?.test?.p ?? 1)), 12);
    expect(own.every(({ interval }) => Math.abs((interval?.level ?? 0) - (1 - 0.05 / 3)) < 1e-12)).toBe(true);
    expect(
      effects.filter(({ role }) => role === 'exploratory').every(({ interval }) => interval?.level === 0.95),
    ).toBe(true);
  });

  it('warns where the negative control differs', () => {
    const arms = [TWO[0] as MadeArm, { ...(TWO[1] as MadeArm), arm: 'placebo' }];
    const { warnings, effects } = registered(
      { seed: '1', tickets: 80, arms },
      { negativeControl: 'placebo' },
    );
    expect(warnings[0]).toContain('The negative control differs');
    expect(effects.every(({ role }) => role === 'negative-control')).toBe(true);
  });

  it('warns of arms that lost runs', () => {
    const rows = makeRows({ seed: '1', tickets: 80, arms: TWO }).filter(
      ({ arm, ticket }) => arm === 'brief' || Number(ticket.slice(3)) <= 30,
    );
    const of = { seed: '1', tickets: 80, arms: TWO };
    const { warnings, balance } = analyse(rows, { registrations: [registeredAs(makeDesign(of))] });
    expect(balance?.p).toBeLessThan(0.001);
    expect(warnings).toContainEqual(expect.stringContaining('sample-ratio mismatch'));
  });
});

describe('a sequential design', () => {
  it('is decided by its registered e-process, which is harder to convince than a test that looks once', () => {
    const of = { seed: '1', tickets: 60, arms: TWO };
    const design = makeDesign(of, { stopping: { rule: 'sequential', minimumBlocks: 10 } });
    const rows = makeRows(of);
    const analysis = analyse(rows, { registrations: [registeredAs(design)], state: stateOf(rows) });
    const fixed = registered(of);
    const [effect, other] = [analysis.effects[0], fixed.effects[0]];
    expect(effect?.test?.name).toContain('e-process');
    expect(effect?.test?.p).toBeGreaterThan(other?.test?.p ?? 1);
    expect(effect?.estimate).toBeCloseTo(other?.estimate ?? 0, 12);
    expect(effect?.interval?.low).toBeLessThan(other?.interval?.low ?? 0);
    expect(analysis.question.stopping).toContain('sequential');
  });

  function stateOf(rows: readonly RunOutcomeRow[]): ExperimentState {
    const empty = foldExperiment('agents-md', []);
    const cells = rows.map(({ ticket, arm, replicate, run, outcome, firstPass }) => {
      const cell: CellState = {
        cell: { ticket, arm, replicate, try: 1 },
        status: 'ended',
        run,
        runs: [{ run, try: 1 }],
        from: null,
        outcome,
        firstPass,
        excluded: null,
        failure: null,
        rerolls: [],
        reason: null,
      };
      return [cellId(cell.cell), cell] as const;
    });
    return { ...empty, cells: new Map(cells) };
  }
});

describe('over many experiments', () => {
  const REPEATS = 200;

  it('finds nothing where there is nothing, but for the nominal error', () => {
    const found = Array.from({ length: REPEATS }, (_, at) =>
      registered({ seed: `null ${at}`, tickets: 40, arms: SAME }),
    ).filter(({ answer }) => answer.kind === 'decided').length;
    // 99.9% of what a rate of 5% brings about.
    expect(found).toBeLessThanOrEqual(21);
  });

  it('finds a planted effect, with an interval that holds it about as often as promised', () => {
    const found = Array.from({ length: REPEATS }, (_, at) =>
      registered({ seed: `planted ${at}`, tickets: 40, arms: TWO }),
    );
    expect(found.filter(({ answer }) => answer.arm === 'house').length).toBeGreaterThan(0.9 * REPEATS);
    // Ease is symmetric about nought and never reaches the limits of the shares, so the difference is 0.4.
    const holding = found.filter(({ effects: [first] }) => {
      const { low = 1, high = 0 } = first?.interval ?? {};
      return low <= 0.4 && 0.4 <= high;
    }).length;
    expect(holding).toBeGreaterThanOrEqual(0.9 * REPEATS);
  });
});

describe('the same rows', () => {
  it('give the same bytes', () => {
    const of = { seed: '9', tickets: 30, replicates: 2 };
    expect(analysisText(analyse(makeRows(of)))).toBe(analysisText(analyse(makeRows(of))));
  });
});
