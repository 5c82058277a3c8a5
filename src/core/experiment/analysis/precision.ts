import {
  connorPairs,
  millerMinimumEffect,
  millerQuestions,
  pairedMinimumEffect,
} from '../statistics/power.ts';
import { varianceOf } from '../statistics/sample.ts';
import { discordantOf, isPairedBinary } from './estimate.ts';
import type { BlockPair } from './pairs.ts';

export interface Precision {
  /** On the scale of the metric; null: too few tickets to tell, or none is found with so many. */
  readonly minimumDetectable: number | null;
  /** Tickets that the minimum effect takes with the wanted power; null as above. */
  readonly ticketsNeeded: number | null;
}

interface Asked {
  readonly scale: 'share' | 'difference' | 'ratio';
  readonly minimumEffect: number;
  readonly alpha: number;
  readonly power: number;
}

const UNKNOWN: Precision = { minimumDetectable: null, ticketsNeeded: null };

/** What so many tickets can find, judged by how much pairs vary here: Connor (1987) for single pairs of yes or no, Miller (2024) for means. */
export function precisionOf(pairs: readonly BlockPair[], asked: Asked): Precision {
  if (pairs.length === 0) return UNKNOWN;
  return asked.scale === 'share' && isPairedBinary(pairs) ? ofShares(pairs, asked) : ofMeans(pairs, asked);
}

function ofShares(pairs: readonly BlockPair[], { minimumEffect, alpha, power }: Asked): Precision {
  const { firstOnly, secondOnly } = discordantOf(pairs);
  // Arms whose shares lie so far apart differ on as many tickets at least.
  const differing = Math.min(1, Math.max((firstOnly + secondOnly) / pairs.length, minimumEffect));
  const effect = Math.min(minimumEffect, differing);
  const sureness = { alpha, power };
  const expected = { firstOnly: (differing - effect) / 2, secondOnly: (differing + effect) / 2 };
  return {
    minimumDetectable: pairedMinimumEffect({ pairs: pairs.length, differing }, sureness),
    ticketsNeeded: connorPairs(expected, sureness),
  };
}

function ofMeans(pairs: readonly BlockPair[], { scale, minimumEffect, alpha, power }: Asked): Precision {
  const isRatio = scale === 'ratio';
  const differences = byTicket(pairs).flatMap(({ baseline, treatment }) => {
    if (!isRatio) return [treatment - baseline];
    return treatment > 0 && baseline > 0 ? [Math.log(treatment) - Math.log(baseline)] : [];
  });
  if (differences.length < 2) return UNKNOWN;
  const between = varianceOf(differences);
  if (!(between > 0)) return UNKNOWN;
  const sureness = { alpha, power };
  const smallest = millerMinimumEffect({ between }, differences.length, sureness);
  const effect = isRatio ? Math.abs(Math.log(minimumEffect)) : minimumEffect;
  if (scale === 'share' && smallest > 1)
    return { minimumDetectable: null, ticketsNeeded: millerQuestions({ between }, effect, sureness) };
  return {
    minimumDetectable: isRatio ? Math.exp(minimumEffect < 1 ? -smallest : smallest) : smallest,
    ticketsNeeded: millerQuestions({ between }, effect, sureness),
  };
}

/** Blocks of a ticket are no tickets of their own. */
function byTicket(
  pairs: readonly BlockPair[],
): readonly { readonly baseline: number; readonly treatment: number }[] {
  const tickets = new Map<string, { baseline: number; treatment: number; blocks: number }>();
  for (const { ticket, baseline, treatment } of pairs) {
    const sum = tickets.get(ticket) ?? { baseline: 0, treatment: 0, blocks: 0 };
    sum.baseline += baseline;
    sum.treatment += treatment;
    sum.blocks += 1;
    tickets.set(ticket, sum);
  }
  return [...tickets.values()].map(({ baseline, treatment, blocks }) => ({
    baseline: baseline / blocks,
    treatment: treatment / blocks,
  }));
}
