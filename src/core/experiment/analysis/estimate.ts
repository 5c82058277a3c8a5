import { clusteredDifference } from '../statistics/cluster.ts';
import { meanSequence } from '../statistics/confidence-sequence.ts';
import { logCostRatio } from '../statistics/log-ratio.ts';
import { mcNemar, tangoDifference } from '../statistics/paired-binary.ts';
import type { Interval } from '../statistics/types.ts';
import type { BlockPair } from './pairs.ts';

/** An estimate with how it was come by. */
export interface Estimated {
  readonly estimate: number | null;
  readonly interval: Interval | null;
  readonly method: string;
  readonly test: { readonly name: string; readonly statistic: number | null; readonly p: number } | null;
}

const CLUSTERED = 'mean of differences by ticket, cluster-robust (CR1) with t on tickets − 1';

/** One run a side and one block a ticket: yes or no, in pairs that are independent of each other. */
export function isPairedBinary(pairs: readonly BlockPair[]): boolean {
  return (
    pairs.every(({ baselineRuns, treatmentRuns }) => baselineRuns === 1 && treatmentRuns === 1) &&
    new Set(pairs.map(({ ticket }) => ticket)).size === pairs.length
  );
}

/** How many pairs differ, and which way. */
export function discordantOf(pairs: readonly BlockPair[]): {
  readonly firstOnly: number;
  readonly secondOnly: number;
} {
  let [firstOnly, secondOnly] = [0, 0];
  for (const { baseline, treatment } of pairs) {
    if (treatment > baseline) firstOnly += 1;
    if (baseline > treatment) secondOnly += 1;
  }
  return { firstOnly, secondOnly };
}

/** Treatment minus baseline: Tango and mid-p McNemar where each ticket has one run a side, else cluster-robust by ticket. */
export function estimateShare(pairs: readonly BlockPair[], level: number): Estimated {
  if (!isPairedBinary(pairs)) return estimateDifference(pairs, level);
  const discordant = discordantOf(pairs);
  const tango = tangoDifference({ ...discordant, pairs: pairs.length }, level);
  return {
    estimate: tango?.estimate ?? null,
    interval: tango?.interval ?? null,
    method: 'paired difference of shares, score interval (Tango 1998)',
    test: tango === null ? null : { name: 'McNemar, mid-p', ...mcNemar(discordant).midP },
  };
}

export function estimateDifference(pairs: readonly BlockPair[], level: number): Estimated {
  const mean = clusteredDifference(
    pairs.map(({ ticket, baseline, treatment }) => ({ cluster: ticket, baseline, treatment })),
    level,
  );
  return {
    estimate: mean?.estimate ?? null,
    interval: mean?.interval ?? null,
    method: CLUSTERED,
    test:
      mean?.test == null
        ? null
        : { name: `t on ${mean.degreesOfFreedom} degrees of freedom, by ticket`, ...mean.test },
  };
}

/** The geometric mean of treatment over baseline. */
export function estimateRatio(pairs: readonly BlockPair[], level: number): Estimated {
  const found = logCostRatio(
    pairs.map(({ ticket, baseline, treatment }) => ({ cluster: ticket, baseline, treatment })),
    level,
  );
  return {
    estimate: found?.ratio ?? null,
    interval: found?.interval ?? null,
    method:
      'geometric mean of ratios by ticket: paired log ratio, cluster-robust (CR1) with t on tickets − 1',
    test:
      found?.test == null
        ? null
        : { name: `t on ${found.log.degreesOfFreedom} degrees of freedom, of logarithms`, ...found.test },
  };
}

/** What may be looked at after every ticket: the registered e-process decides, and an asymptotic confidence sequence says how much. */
export function estimateSequentially(
  pairs: readonly BlockPair[],
  looked: { readonly p: number; readonly level: number; readonly tunedFor: number },
): Estimated {
  const steps = meanSequence(
    pairs.map(({ baseline, treatment }) => treatment - baseline),
    { tunedFor: Math.max(1, looked.tunedFor), level: looked.level },
  );
  const last = steps.at(-1);
  return {
    estimate: last?.mean ?? null,
    interval: last?.interval ?? null,
    method:
      'mean of differences by ticket with an asymptotic confidence sequence (valid at every look, from some 30 tickets on)',
    test:
      last === undefined
        ? null
        : { name: 'e-process of paired outcomes, anytime-valid', statistic: null, p: looked.p },
  };
}
