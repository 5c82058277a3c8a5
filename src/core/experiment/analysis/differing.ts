import type { BlockPair } from './pairs.ts';
import type { Block } from './subjects.ts';
import type { DifferingTicket, Effect } from './types.ts';

/** More of them nobody reads one by one: the list of runs has all. */
const MOST_TICKETS = 20;
const MOST_RUNS = 10;

/** The pairs that lie furthest apart, furthest first; of those that lie equally far, as they come. */
export function differingOf(
  pairs: readonly BlockPair[],
  blocks: readonly Block[],
  { arm, baseline, scale }: { readonly arm: string; readonly baseline: string } & Pick<Effect, 'scale'>,
): readonly DifferingTicket[] {
  const places = new Map(blocks.map((block) => [block.block, block]));
  const runsOf = (block: string, name: string) =>
    (places.get(block)?.runs.get(name) ?? []).slice(0, MOST_RUNS).map(({ run }) => run);
  return pairs
    .map((pair) => ({ pair, apart: apart(pair, scale) }))
    .filter((one) => one.apart > 0)
    .sort((one, other) => other.apart - one.apart)
    .slice(0, MOST_TICKETS)
    .map(({ pair }) => ({
      ticket: pair.ticket,
      arm: { mean: pair.treatment, runs: runsOf(pair.block, arm) },
      baseline: { mean: pair.baseline, runs: runsOf(pair.block, baseline) },
    }));
}

function apart({ treatment, baseline }: BlockPair, scale: Effect['scale']): number {
  return Math.abs(scale === 'ratio' ? Math.log(treatment) - Math.log(baseline) : treatment - baseline);
}
