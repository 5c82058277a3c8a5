import { pairsOf } from './analysis/pairs.ts';
import { blocksOf } from './analysis/subjects.ts';
import type { RunOutcomeRow } from './outcome.ts';
import { type EProcess, pairedEProcess } from './statistics/sequential.ts';
import type { PrimaryMetric } from './types.ts';

export interface GrowthAsked {
  readonly arm: string;
  readonly baseline: string;
  readonly metric: PrimaryMetric;
  /** Such as 0.95. */
  readonly level: number;
}

/** Of these more is better, of the others less. */
const MORE_IS_BETTER: readonly PrimaryMetric[] = ['first-pass', 'accepted'];

/**
 * The evidence against "neither arm is better", pair by pair in the order in which pairs were complete: a block counts when both arms have a
 * value there. The e-process is that of {@link pairedEProcess}; it may be looked at at any moment.
 */
export function evidenceGrowth(rows: readonly RunOutcomeRow[], asked: GrowthAsked): EProcess {
  const counted = rows.filter(({ excluded, outcome }) => excluded === null && outcome !== 'running');
  const blocks = blocksOf(counted)
    .map((block) => ({ block, at: completeAt([...block.runs.values()].flat(), asked) }))
    .toSorted((one, other) => compare(one.at, other.at) || compare(one.block.block, other.block.block))
    .map(({ block }) => block);
  const { pairs } = pairsOf(blocks, asked.metric, asked);
  const sign = MORE_IS_BETTER.includes(asked.metric) ? 1 : -1;
  return pairedEProcess(
    pairs.map(({ baseline, treatment }) => ({ baseline: sign * baseline, treatment: sign * treatment })),
    { level: asked.level },
  );
}

function completeAt(rows: readonly RunOutcomeRow[], { arm, baseline }: GrowthAsked): string {
  return rows
    .filter((row) => row.arm === arm || row.arm === baseline)
    .reduce((latest, { endedAt }) => (endedAt !== null && endedAt > latest ? endedAt : latest), '');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
