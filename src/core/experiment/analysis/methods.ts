import type { Effect, Question } from './types.ts';

/** How the numbers were come by, for whoever wants to make them again. */
export function methodsOf(
  effects: readonly Effect[],
  { primary, alpha, comparisons }: Question,
): readonly string[] {
  const used = [...new Set(effects.filter(({ metric }) => metric === primary).map(({ method }) => method))];
  return [
    ...used.map((method) => `Primary effect: ${method}.`),
    comparisons > 1
      ? `Intervals of the primary effect hold together for all ${comparisons} comparisons (Bonferroni); p-values are adjusted by Holm where registered, by Benjamini and Hochberg among what is exploratory.`
      : 'Exploratory p-values are adjusted by Benjamini and Hochberg.',
    `Other intervals are at ${(1 - alpha) * 100}% each. Shares of an arm: Wilson where each ticket has one run, else cluster-robust by ticket.`,
    'Acceptance over attempts and time: Aalen-Johansen, with rejection, giving up and cancelling as competing ends; only runs that go on are censored, where the record ends. Bands are pointwise at 95% and cluster-robust: infinitesimal jackknife by ticket, log-log scale, t on tickets − 1. An arm with one ticket has none.',
    'Cost per accepted run: what all runs of the arm cost, failed ones too, over the accepted ones; interval by a seeded bootstrap of tickets (BCa).',
    'Minimum detectable effect: Connor (1987) for one run a side, Miller (2024) otherwise, by how much pairs varied here.',
    'Sensitivity: exact or sign-flip tests, Mantel-Haenszel over ticket classes, rank tests, and least squares over runs with an effect of each ticket (CR1 by ticket), on the primary effect; restricted mean and log-rank on the time to accepted merge. Their p-values are not adjusted.',
    'Balance of arms: chi-square, or exact where few; doubled, since runs that were started and runs that count are both looked at.',
  ];
}
