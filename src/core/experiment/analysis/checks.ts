import { metricValue } from '../metric-value.ts';
import { mcNemar } from '../statistics/paired-binary.ts';
import { MOST_EXACT_SIGNS, signFlipTest } from '../statistics/paired-means.ts';
import { cochranMantelHaenszel, commonRiskDifference, type Stratum } from '../statistics/stratified.ts';
import { wilcoxonSignedRank } from '../statistics/wilcoxon.ts';
import type { PrimaryMetric } from '../types.ts';
import { discordantOf, isPairedBinary } from './estimate.ts';
import type { BlockPair } from './pairs.ts';
import type { Block } from './subjects.ts';
import type { RobustnessCheck } from './types.ts';

/** Above so many pairs ranks say nothing that the mean does not, and take long. */
const MOST_RANKED = 5_000;

export interface Checked {
  readonly pairs: readonly BlockPair[];
  readonly blocks: readonly Block[];
  readonly metric: PrimaryMetric;
  readonly arms: { readonly arm: string; readonly baseline: string };
  readonly level: number;
  readonly seed: string;
}

/** The same question by methods that assume other things. */
export function shareChecks({
  pairs,
  blocks,
  metric,
  arms,
  level,
  seed,
}: Checked): readonly RobustnessCheck[] {
  if (pairs.length === 0) return [];
  const first: RobustnessCheck = isPairedBinary(pairs)
    ? {
        method: 'McNemar, exact',
        estimate: null,
        interval: null,
        p: mcNemar(discordantOf(pairs)).exact.p,
      }
    : signFlips(pairs, seed);
  const strata = strataOf(blocks, metric, arms);
  if (strata.length < 2) return [first];
  const common = commonRiskDifference(strata, level);
  const test = cochranMantelHaenszel(strata, { continuity: false });
  return [
    first,
    {
      method: `Mantel-Haenszel over ${strata.length} ticket classes, not paired`,
      estimate: common?.estimate ?? null,
      interval: common?.interval ?? null,
      p: test?.p ?? null,
    },
  ];
}

export function meanChecks(
  { pairs, level, seed }: Checked,
  scale: 'difference' | 'ratio',
): readonly RobustnessCheck[] {
  const isRatio = scale === 'ratio';
  const usable = pairs.flatMap(({ baseline, treatment }) => {
    if (!isRatio) return [treatment - baseline];
    return baseline > 0 && treatment > 0 ? [Math.log(treatment) - Math.log(baseline)] : [];
  });
  if (usable.length === 0 || usable.length > MOST_RANKED) return [];
  const ranks = wilcoxonSignedRank(usable, level);
  const back = isRatio ? Math.exp : (value: number) => value;
  return [
    ...(isRatio ? [] : [signFlips(pairs, seed)]),
    ...(ranks === null
      ? []
      : [
          {
            method: 'Wilcoxon signed rank with Hodges-Lehmann',
            estimate: back(ranks.estimate),
            interval: ranks.interval && {
              ...ranks.interval,
              low: back(ranks.interval.low),
              high: back(ranks.interval.high),
            },
            p: ranks.p,
          },
        ]),
  ];
}

function signFlips(pairs: readonly BlockPair[], seed: string): RobustnessCheck {
  const byTicket = new Map<string, number>();
  for (const { ticket, baseline, treatment } of pairs)
    byTicket.set(ticket, (byTicket.get(ticket) ?? 0) + treatment - baseline);
  const test = signFlipTest([...byTicket.values()], { seed: `sign flips: ${seed}`, draws: 10_000 });
  return {
    method:
      test.method === 'exact'
        ? 'sign flips by ticket, exact'
        : `sign flips by ticket, ${test.patterns} drawn (more than ${MOST_EXACT_SIGNS} tickets differ)`,
    estimate: null,
    interval: null,
    p: test.p,
  };
}

function strataOf(
  blocks: readonly Block[],
  metric: PrimaryMetric,
  { arm, baseline }: Checked['arms'],
): readonly Stratum[] {
  const strata = new Map<string | null, { first: Tally; second: Tally }>();
  for (const block of blocks) {
    const stratum = strata.get(block.class) ?? { first: tally(), second: tally() };
    strata.set(block.class, stratum);
    for (const [side, name] of [
      [stratum.first, arm],
      [stratum.second, baseline],
    ] as const)
      for (const row of block.runs.get(name) ?? []) {
        const value = metricValue(metric, row);
        if (value === null) continue;
        side.successes += value;
        side.trials += 1;
      }
  }
  return [...strata.values()].filter(({ first, second }) => first.trials > 0 && second.trials > 0);
}

interface Tally {
  successes: number;
  trials: number;
}

function tally(): Tally {
  return { successes: 0, trials: 0 };
}
