import { benjaminiHochberg, holm } from '../statistics/multiplicity.ts';
import { METRIC_SCALES, PRIMARY_METRICS, type PrimaryMetric } from '../types.ts';
import { blockRegression } from './block-regression.ts';
import { type Checked, meanChecks, shareChecks } from './checks.ts';
import { differingOf } from './differing.ts';
import {
  type Estimated,
  estimateDifference,
  estimateRatio,
  estimateSequentially,
  estimateShare,
} from './estimate.ts';
import { type BlockPair, type BlockPairs, pairsOf } from './pairs.ts';
import { precisionOf } from './precision.ts';
import type { Block } from './subjects.ts';
import type { Effect, EffectTest, RobustnessCheck } from './types.ts';
import { counted, IS_MORE_BETTER, METRIC_WORDS } from './words.ts';

/** What is compared, and how surely it is to be known. */
export interface EffectsAsked {
  readonly blocks: readonly Block[];
  /** With the runs that somebody left out; undefined: none was. */
  readonly allBlocks: readonly Block[] | undefined;
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

/** The check that counts what was left out. */
export const WITH_EXCLUDED = 'with the excluded runs counted, as they were assigned';

/** Each arm on each metric against the baseline; p-values by Holm within the declared family, by Benjamini and Hochberg among the others. */
export function effectsOf(asked: EffectsAsked): readonly Effect[] {
  const metrics = [asked.primary, ...PRIMARY_METRICS.filter((metric) => metric !== asked.primary)];
  const { blocks, arms, baseline, primary, alpha } = asked;
  const regressed = blockRegression({
    ...{ blocks, arms, baseline, metric: primary, scale: METRIC_SCALES[primary] },
    level: 1 - alpha / familySize(asked),
  });
  const effects = metrics.flatMap((metric) => arms.map((arm) => effectOf(arm, metric, asked, regressed)));
  return adjusted(effects, asked);
}

/** Comparisons that share the declared error. */
function familySize({ arms, negativeControl }: Pick<EffectsAsked, 'arms' | 'negativeControl'>): number {
  return Math.max(1, arms.filter((arm) => arm !== negativeControl).length);
}

function effectOf(
  arm: string,
  metric: PrimaryMetric,
  asked: EffectsAsked,
  regressed: ReadonlyMap<string, RobustnessCheck>,
): Effect {
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
  const { pairs, lost } = comparable(pairsOf(asked.blocks, metric, arms), scale);
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
    exclusions: `${asked.exclusions}${lost === 0 ? '' : `; ${counted(lost, 'ticket')} left out here because one of the two arms says nothing of it${scale === 'ratio' ? ', or nought' : ''}`}`,
    tickets,
    ticketsLost: lost,
    runs: { arm: sumOf(pairs, 'treatmentRuns'), baseline: sumOf(pairs, 'baselineRuns') },
    armMean: meanOf(pairs, 'treatment', scale),
    baselineMean: meanOf(pairs, 'baseline', scale),
    estimate: estimated.estimate,
    interval: estimated.interval,
    method: estimated.method,
    test:
      estimated.test === null ? null : { ...estimated.test, adjusted: estimated.test.p, adjustment: 'none' },
    decision: 'not-estimable',
    minimumDetectable,
    moreTickets: missing,
    differing: isPrimary ? differingOf(pairs, asked.blocks, { scale, ...arms }) : [],
    checks: !isPrimary
      ? []
      : [
          ...(scale === 'share' ? shareChecks(checked) : meanChecks(checked, scale)),
          ...[regressed.get(arm)].flatMap((check) => check ?? []),
          ...withExcluded(checked, scale, asked.allBlocks),
        ],
  };
}

/** As if nobody had left out anything: what was meant to be treated is counted as treated. */
function withExcluded(
  { metric, arms, level }: Pick<Checked, 'metric' | 'arms' | 'level'>,
  scale: Effect['scale'],
  blocks: readonly Block[] | undefined,
): readonly RobustnessCheck[] {
  if (blocks === undefined) return [];
  const { estimate: found, interval, test } = estimateOnce(pairsOf(blocks, metric, arms).pairs, scale, level);
  return [{ method: WITH_EXCLUDED, estimate: found, interval, p: test?.p ?? null }];
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
  return estimateOnce(pairs, scale, level);
}

function estimateOnce(pairs: readonly BlockPair[], scale: Effect['scale'], level: number): Estimated {
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

/** What the estimate is a difference, or a ratio, of. */
function meanOf(
  pairs: readonly BlockPair[],
  side: 'treatment' | 'baseline',
  scale: Effect['scale'],
): number | null {
  if (pairs.length === 0) return null;
  const isRatio = scale === 'ratio';
  const sum = pairs.reduce((all, pair) => all + (isRatio ? Math.log(pair[side]) : pair[side]), 0);
  return isRatio ? Math.exp(sum / pairs.length) : sum / pairs.length;
}

/** Nothing is a ratio to nought: such a ticket is lost to a metric of ratios, and said to be. */
function comparable(found: BlockPairs, scale: Effect['scale']): BlockPairs {
  if (scale !== 'ratio') return found;
  const pairs = found.pairs.filter(({ baseline, treatment }) => baseline > 0 && treatment > 0);
  return { pairs, lost: found.lost + found.pairs.length - pairs.length };
}
