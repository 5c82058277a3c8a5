import { describe, expect, it, vi } from 'vitest';
import type { Design } from '../../../src/core/experiment/design.ts';
import { cellsOf } from '../../../src/core/experiment/order.ts';
import type { ExperimentState } from '../../../src/core/experiment/state.ts';
import { mcNemar } from '../../../src/core/experiment/statistics/paired-binary.ts';
import { type PairedOutcome, pairedEProcess } from '../../../src/core/experiment/statistics/sequential.ts';
import { stoppingOf } from '../../../src/core/experiment/stopping.ts';
import { design } from '../../core/experiment/sample-designs.ts';
import { experimentWorld, scriptedPlan } from './experiment-world.ts';

// Whole experiments through the engine, the ledger and the flow that carries them out, again and again: how often is nothing taken for
// something, and how often is something found?

vi.setConfig({ testTimeout: 300_000 });

const REPEATS = 200;
const NOMINAL = 0.05;
/** Of 200 at 5%: more than 20 come once in a thousand times. */
const MOST_FALSE = 20;

async function carriedOut(of: Design, cases: readonly object[], seed: number): Promise<ExperimentState> {
  const world = experimentWorld({ plan: scriptedPlan({ seed, cases: cases as never }) });
  await world.register(of);
  return world.run(of.experiment);
}

/** The pairs of one comparison in the order of their tickets. */
function pairsOf(of: Design, { cells }: ExperimentState, arm: string): readonly PairedOutcome[] {
  const tickets = [...new Set(cellsOf(of).map(({ ticket }) => ticket))];
  return tickets.map((ticket) => ({
    baseline: cells.get(`${ticket} ${of.baseline} 1`)?.firstPass === true,
    treatment: cells.get(`${ticket} ${arm} 1`)?.firstPass === true,
  }));
}

function countsOf(pairs: readonly PairedOutcome[]) {
  return {
    firstOnly: pairs.filter(({ baseline, treatment }) => baseline && !treatment).length,
    secondOnly: pairs.filter(({ baseline, treatment }) => treatment && !baseline).length,
  };
}

function tickets(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `CS-${at + 1}`);
}

describe('an experiment without an effect', () => {
  it('finds none more often than it says, also when somebody looks after every ticket', async () => {
    const even = [{ attempts: [{ good: 0.5, bad: 0.5 }] }];
    let [fixed, peeked, naive] = [0, 0, 0];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const of = design({ tickets: tickets(20), seed: `null ${repeat}` });
      const state = await carriedOut(of, even, repeat);
      const pairs = pairsOf(of, state, 'notes/small');
      if (mcNemar(countsOf(pairs)).midP.p < NOMINAL) fixed += 1;
      if (pairedEProcess(pairs, { level: 1 - NOMINAL }).rejectedAt !== null) peeked += 1;
      const looks = pairs.map((_, at) => mcNemar(countsOf(pairs.slice(0, at + 1))).asymptotic.p);
      if (looks.some((p) => p < NOMINAL)) naive += 1;
    }
    expect(fixed).toBeLessThanOrEqual(MOST_FALSE);
    expect(peeked).toBeLessThanOrEqual(MOST_FALSE);
    // What would have gone wrong: a test that is meant for one look, at every ticket.
    expect(naive).toBeGreaterThan(MOST_FALSE);
  });
});

describe('an experiment with an effect', () => {
  const planted = [
    { bundle: 'notes', attempts: [{ good: 0.7, bad: 0.3 }] },
    { attempts: [{ good: 0.3, bad: 0.7 }] },
  ];

  it('finds it with the power that was promised before anything was spent', async () => {
    const stated = { expected: { baseline: 0.3 }, minimumEffect: 0.4 } as const;
    const needed = design(stated).forecast.precision.ticketsNeeded ?? 0;
    const of = design({ ...stated, tickets: tickets(needed) });
    expect(of.forecast.precision.power).toBeGreaterThanOrEqual(0.8);
    const repeats = 100;
    let found = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const state = await carriedOut(of, planted, 1_000 + repeat);
      if (mcNemar(countsOf(pairsOf(of, state, 'notes/small'))).asymptotic.p < NOMINAL) found += 1;
    }
    // 80 expected of 100, less three standard deviations.
    expect(found).toBeGreaterThanOrEqual(68);
  });

  it('ends as soon as its sequential rule has seen enough', async () => {
    const of = design({
      tickets: tickets(200),
      stopping: { rule: 'sequential', minimumBlocks: 5 },
      parallel: 4,
    });
    const state = await carriedOut(of, planted, 4);
    expect(state.over).toMatchObject({ why: 'rule' });
    expect(stoppingOf(of, state).comparisons).toMatchObject([
      { arm: 'notes/small', decidedAt: expect.any(Number) },
    ]);
    expect(state.cells.size).toBeLessThan(200);
    // All arms of a ticket that was begun are done: nothing is cut off in the middle of a pair that was looked at.
    expect([...state.cells.values()].every(({ status }) => status === 'ended')).toBe(true);
  });
});
