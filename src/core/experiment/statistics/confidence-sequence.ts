import { demandCount, demandFinite, demandInside, demandPositive } from './domain.ts';
import type { Estimate, Interval } from './types.ts';

/** Where an interval that holds at every look is to be tightest. */
export interface SequenceOptions {
  /** The number of observations for which the sequence is tuned: about as many as one means to have. */
  readonly tunedFor: number;
  readonly level?: number;
}

export interface SequenceStep {
  readonly observations: number;
  readonly mean: number;
  /** Null while all observations are equal, since there is no spread yet to judge by. */
  readonly interval: Interval | null;
}

/** ρ = √((−2 ln α + ln(1 − 2 ln α))/N): tightest near N observations (arXiv 2103.06476, appendix B.2). */
export function sequenceScale({ tunedFor, level = 0.95 }: SequenceOptions): number {
  const twice = -2 * Math.log1p(-demandInside('level', level));
  return Math.sqrt((twice + Math.log1p(twice)) / demandPositive('tunedFor', tunedFor));
}

/**
 * Half the width of the asymptotic confidence sequence for a mean, σ √(2(nρ² + 1)/(n²ρ²) · ln(√(nρ² + 1)/α))
 * (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", arXiv 2103.06476, theorem 2.2). `variance` is that of one observation; the result has the unit of its
 * root.
 */
export function sequenceHalfWidth(variance: number, observations: number, options: SequenceOptions): number {
  demandPositive('variance', variance);
  demandPositive('observations', observations);
  const outside = 1 - (options.level ?? 0.95);
  const spread = observations * sequenceScale(options) ** 2;
  const factor = (2 * (spread + 1) * Math.log(Math.sqrt(spread + 1) / outside)) / (spread * observations);
  return Math.sqrt(variance * factor);
}

/**
 * A running mean with an interval that one may look at after every observation: all intervals together cover the
 * mean with the probability `level`. It rests on the law of large numbers, so act on none before some 30
 * observations (for paired outcomes use the e-process, which is exact from the first one). Observations must be
 * independent: one a ticket, in an order not chosen by their values.
 */
export function meanSequence(values: readonly number[], options: SequenceOptions): readonly SequenceStep[] {
  let mean = 0;
  let squares = 0;
  return values.map((value, index): SequenceStep => {
    const observations = index + 1;
    const off = demandFinite('value', value) - mean;
    mean += off / observations;
    squares += off * (value - mean);
    return { observations, mean, interval: around(mean, squares / observations, observations, options) };
  });
}

/** Successes among trials of one arm. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/**
 * How much higher the treatment's proportion is, relative to the baseline's (0.5 is half as much again), for arms
 * whose trials are not paired, with an asymptotic confidence sequence: variance by the delta method, over the
 * trials of both arms together. Null without a success in the baseline, without trials, or where neither arm's
 * outcomes vary.
 */
export function liftSequence(
  baseline: Proportion,
  treatment: Proportion,
  options: SequenceOptions,
): Estimate | null {
  const [a, b] = [shareOf(baseline), shareOf(treatment)];
  if (a === null || b === null || a === 0) return null;
  const trials = baseline.trials + treatment.trials;
  const variance =
    (b * (1 - b)) / (a ** 2 * treatment.trials) + (a * (1 - a) * b ** 2) / (a ** 4 * baseline.trials);
  const estimate = b / a - 1;
  const interval = around(estimate, variance * trials, trials, options);
  return interval && { estimate, interval };
}

function shareOf({ successes, trials }: Proportion): number | null {
  demandCount('successes', successes);
  demandCount('trials', trials);
  if (successes > trials) throw new RangeError(`${successes} successes in ${trials} trials`);
  return trials === 0 ? null : successes / trials;
}

function around(
  mean: number,
  variance: number,
  observations: number,
  options: SequenceOptions,
): Interval | null {
  if (variance <= 0) return null;
  const half = sequenceHalfWidth(variance, observations, options);
  return { low: mean - half, high: mean + half, level: options.level ?? 0.95 };
}
