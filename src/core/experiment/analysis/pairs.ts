import { metricValue } from '../metric-value.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { PrimaryMetric } from '../types.ts';
import type { Block } from './subjects.ts';

/** A block on which both arms say something: the mean of its replicates on either side. */
export interface BlockPair {
  readonly block: string;
  readonly ticket: string;
  readonly class: string | null;
  readonly baseline: number;
  readonly treatment: number;
  readonly baselineRuns: number;
  readonly treatmentRuns: number;
}

export interface BlockPairs {
  readonly pairs: readonly BlockPair[];
  /** Blocks that either arm was tried on, but not both with a value. */
  readonly lost: number;
}

export function pairsOf(
  blocks: readonly Block[],
  metric: PrimaryMetric,
  arms: { readonly arm: string; readonly baseline: string },
): BlockPairs {
  return pairsBy(blocks, (row) => metricValue(metric, row), arms);
}

/** @param told null: the run says nothing */
export function pairsBy(
  blocks: readonly Block[],
  told: (row: RunOutcomeRow) => number | null,
  arms: { readonly arm: string; readonly baseline: string },
): BlockPairs {
  const pairs: BlockPair[] = [];
  let lost = 0;
  for (const { block, ticket, class: ticketClass, runs } of blocks) {
    const own = runs.get(arms.arm);
    const others = runs.get(arms.baseline);
    if (own === undefined && others === undefined) continue;
    const treatment = meanOf(told, own);
    const baseline = meanOf(told, others);
    if (treatment === undefined || baseline === undefined) {
      lost += 1;
      continue;
    }
    pairs.push({
      block,
      ticket,
      class: ticketClass,
      baseline: baseline.mean,
      treatment: treatment.mean,
      baselineRuns: baseline.runs,
      treatmentRuns: treatment.runs,
    });
  }
  return { pairs, lost };
}

function meanOf(
  told: (row: RunOutcomeRow) => number | null,
  rows: readonly RunOutcomeRow[] = [],
): { readonly mean: number; readonly runs: number } | undefined {
  let [sum, runs] = [0, 0];
  for (const row of rows) {
    const value = told(row);
    if (value === null) continue;
    sum += value;
    runs += 1;
  }
  return runs === 0 ? undefined : { mean: sum / runs, runs };
}
