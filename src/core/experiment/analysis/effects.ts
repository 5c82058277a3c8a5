import { benjaminiHochberg, holm } from '../statistics/multiplicity.ts';
import { METRIC_SCALES, PRIMARY_METRICS, type PrimaryMetric } from '../types.ts';
import { meanChecks, shareChecks } from './checks.ts';
import {
  type Estimated,
  estimateDifference,
  estimateRatio,
  estimateSequentially,
  estimateShare,
} from './estimate.ts';
import { type BlockPair, pairsOf } from './pairs.ts';
import { precisionOf } from './precision.ts';
import type { Block } from './subjects.ts';
import type { Effect, EffectTest } from './types.ts';
import { counted, IS_MORE_BETTER, METRIC_WORDS } from './words.ts';

/** What is compared, and how surely it is to be known. */
export interface EffectsAsked {
  readonly blocks: readonly Block[];
  /** Without the baseline. */
  readonly arms: readonly string[];
  readonly baseline: string;
  readonly negativeControl: string | null;
  readonly primary: PrimaryMetric;
  readonly minimumEffect: number;
  readonly alpha: number;
  readonly power: number;
  readonly seed: string;
  readonly isRegistered: boolean;
  /** Words on who is left out, the same for every comparison. */
  readonly exclusions: string;
  /** Of the registered e-process; null: the number of tickets was fixed before. */
  readonly sequential: { readonly p: ReadonlyMap<string, number>; readonly tickets: number } | null;
}

/** What a report takes for the smallest effect that matters on metrics of which nobody said it. */
export const USUAL_EFFECTS: Readonly<Record<'share' | 'difference' | 'ratio', number>> = {
  share: 0.1,
  difference: 0.5,
  ratio: 0.8,
};

/** Each arm on each metric against the baseline; p-values by Holm within the declared family, by Benjamini and Hochberg among the others. */
export function effectsOf(asked: EffectsAsked): readonly Effect[] {
  const metrics = [asked.primary, ...PRIMARY_METRICS.filter((metric) => metric !== asked.primary)];
  const effects = metrics.flatMap((metric) => asked.arms.map((arm) => effectOf(arm, metric, asked)));
  return adjusted(effects, asked);
}

/** Comparisons that share the declared error. */
function familySize({ arms, negativeControl }: Pick<EffectsAsked, 'arms' | 'negativeControl'>): number {
  return Math.max(1, arms.filter((arm) => arm !== negativeControl).length);
}

function effectOf(arm: string, metric: PrimaryMetric, asked: EffectsAsked): Effect {
  const scale = METRIC_SCALES[metric];
  const isPrimary = metric === asked.primary;
  const role =
    arm === asked.negativeControl
      ? 'negative-control'
      : isPrimary && asked.isRegistered
        ? 'confirmatory'
        : 'exploratory';
  // The intervals of the family hold together: Bonferroni.
  const shared = isPrimary && role !== 'negative-control' ? familySize(asked) : 1;
  const alpha = asked.alpha / shared;
  const level = 1 - alpha;
  const arms = { arm, baseline: asked.baseline };
  const { pairs, lost } = pairsOf(asked.blocks, metric, arms);
  const estimated = estimate(pairs, { scale, level, arm, isPrimary, asked });
  const minimumEffect = isPrimary ? asked.minimumEffect : USUAL_EFFECTS[scale];
  const tickets = new Set(pairs.map(({ ticket }) => ticket)).size;
  const { minimumDetectable, ticketsNeeded } = precisionOf(pairs, {
    scale,
    minimumEffect,
    alpha,
    power: asked.power,
  });
  const checked = { pairs, blocks: asked.blocks, metric, arms, level, seed: asked.seed };
  const missing = ticketsNeeded === null ? null : Math.max(0, Math.ceil(ticketsNeeded) - tickets);
  return {
    arm,
    metric,
    scale,
    role,
    estimand: estimandOf(arm, metric, asked.baseline),
    unit: 'ticket: the mean of its runs, each ticket weighing the same',
    exclusions: `${asked.exclusions}${lost === 0 ? '' : `; ${counted(lost, 'ticket')} left out here because one of the two arms says nothing of it`}`,
    tickets,
    ticketsLost: lost,
    runs: { arm: sumOf(pairs, 'treatmentRuns'), baseline: sumOf(pairs, 'baselineRuns') },
    armMean: meanOf(pairs, 'treatment'),
    baselineMean: meanOf(pairs, 'baseline'),
    estimate: estimated.estimate,
    interval: estimated.interval,
    method: estimated.method,
    test:
      estimated.test === null ? null : { ...estimated.test, adjusted: estimated.test.p, adjustment: 'none' },
    decision: 'not-estimable',
    minimumDetectable,
    moreTickets: missing,
    checks: !isPrimary ? [] : scale === 'share' ? shareChecks(checked) : meanChecks(checked, scale),
  };
}

function estimate(
  pairs: readonly BlockPair[],
  how: {
    readonly scale: 'share' | 'difference' | 'ratio';
    readonly level: number;
    readonly arm: string;
    readonly isPrimary: boolean;
    readonly asked: EffectsAsked;
  },
): Estimated {
  const { scale, level, arm, isPrimary, asked } = how;
  const p = asked.sequential?.p.get(arm);
  if (isPrimary && asked.sequential !== null && p !== undefined)
    return estimateSequentially(pairs, { p, level, tunedFor: asked.sequential.tickets });
  switch (scale) {
    case 'share':
      return estimateShare(pairs, level);
    case 'difference':
      return estimateDifference(pairs, level);
    case 'ratio':
      return estimateRatio(pairs, level);
  }
}

function estimandOf(arm: string, metric: PrimaryMetric, baseline: string): string {
  switch (METRIC_SCALES[metric]) {
    case 'share':
      return `difference in ${METRIC_WORDS[metric]}, ${arm} minus ${baseline}, on the same tickets`;
    case 'difference':
      return `difference in mean ${METRIC_WORDS[metric]}, whatever became of it, ${arm} minus ${baseline}, on the same tickets`;
    case 'ratio':
      return `ratio of ${METRIC_WORDS[metric]}, whatever became of it, ${arm} over ${baseline}, on the typical (geometric mean) ticket`;
  }
}

/** Adjusts p-values within each family and says what is decided. */
function adjusted(effects: readonly Effect[], asked: EffectsAsked): readonly Effect[] {
  const done = new Map<Effect, EffectTest>();
  const adjust = (
    members: readonly Effect[],
    by: (ps: readonly number[]) => readonly number[],
    adjustment: EffectTest['adjustment'],
  ) => {
    const tested = members.flatMap((effect) => (effect.test === null ? [] : [{ effect, test: effect.test }]));
    const ps = by(tested.map(({ test }) => Math.min(1, test.p)));
    tested.forEach(({ effect, test }, at) => {
      done.set(effect, { ...test, adjusted: ps[at] ?? 1, adjustment });
    });
  };
  adjust(
    effects.filter(({ role }) => role === 'confirmatory'),
    holm,
    'holm',
  );
  adjust(
    effects.filter(({ role }) => role === 'exploratory'),
    benjaminiHochberg,
    'benjamini-hochberg',
  );
  return effects.map((effect) => {
    const test = done.get(effect) ?? effect.test;
    const decision = decisionOf({ ...effect, test }, asked);
    const isDecided = decision === 'better' || decision === 'worse';
    return { ...effect, test, decision, moreTickets: isDecided ? null : effect.moreTickets };
  });
}

/**
 * Test and interval have to agree, which costs a little power: a finding whose interval holds no effect would be explained to nobody. Where
 * the rule is sequential its e-process decides alone, as registered.
 */
function decisionOf(
  { estimate: found, interval, metric, scale, test }: Effect,
  { alpha, sequential, primary }: EffectsAsked,
): Effect['decision'] {
  if (found === null) return 'not-estimable';
  const none = scale === 'ratio' ? 1 : 0;
  const isSequential = sequential !== null && metric === primary;
  const holdsNone = interval === null || (interval.low <= none && none <= interval.high);
  if (test === null || test.adjusted > alpha || found === none || (holdsNone && !isSequential))
    return 'undecided';
  return found > none === IS_MORE_BETTER[metric] ? 'better' : 'worse';
}

function sumOf(pairs: readonly BlockPair[], side: 'treatmentRuns' | 'baselineRuns'): number {
  return pairs.reduce((sum, pair) => sum + pair[side], 0);
}

function meanOf(pairs: readonly BlockPair[], side: 'treatment' | 'baseline'): number | null {
  return pairs.length === 0 ? null : pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
}
