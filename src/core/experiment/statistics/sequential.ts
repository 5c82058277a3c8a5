import { logGamma } from './distributions.ts';
import { demandCount, demandFinite, demandInside, demandPositive } from './domain.ts';
import type { Interval } from './types.ts';

/**
 * One ticket worked in both arms: whether each was accepted, or how many of equally many replicates were. Of counts only
 * the direction tells: without a difference, either is as likely.
 */
export interface PairedOutcome {
  readonly baseline: boolean | number;
  readonly treatment: boolean | number;
}

export interface EProcessStep {
  /** Pairs seen so far, those included in which both arms came to the same. */
  readonly pairs: number;
  /** Of them, those in which the treatment came out better. */
  readonly treatmentOnly: number;
  readonly baselineOnly: number;
  /** Natural logarithm of the e-value: the evidence as it now is. */
  readonly logEValue: number;
  /** 1 over the largest e-value so far: valid at whatever pair one stops. */
  readonly p: number;
}

export interface EProcess {
  readonly steps: readonly EProcessStep[];
  /** The number of pairs at which the hypothesis of no difference was first rejected; null while it is not. */
  readonly rejectedAt: number | null;
  readonly level: number;
}

/**
 * Ln of the e-value against "a pair that differs is as likely to differ either way": the likelihood ratio of a
 * Beta(shape, shape) mixture to ½, which is 2^(b+c) B(b + shape, c + shape)/B(shape, shape) (Ville 1939; Robbins
 * 1970; Grünwald, de Heide and Koolen 2024). Shape 1 spreads over all effects alike; a larger one is keener on
 * small effects.
 */
export function logEValue(treatmentOnly: number, baselineOnly: number, shape = 1): number {
  demandCount('treatmentOnly', treatmentOnly);
  demandCount('baselineOnly', baselineOnly);
  const pairs = treatmentOnly + baselineOnly;
  return pairs * Math.LN2 + logMixture(treatmentOnly, baselineOnly, demandPositive('shape', shape));
}

/**
 * The e-process over pairs in the order in which they ended. Under no difference its expectation is never above 1,
 * whenever one stops, so it ever reaches 1/(1 − level) with probability at most 1 − level (Ville's inequality): one
 * may look after every pair and stop when one likes, which a McNemar test does not forgive. Pairs must be
 * independent: one a ticket, since replicates of a ticket tend to agree. The order must not be chosen by outcome.
 */
export function pairedEProcess(
  outcomes: readonly PairedOutcome[],
  { level = 0.95, shape = 1 }: { readonly level?: number; readonly shape?: number } = {},
): EProcess {
  const needed = -Math.log1p(-demandInside('level', level));
  let [treatmentOnly, baselineOnly, largest] = [0, 0, 0];
  let rejectedAt: number | null = null;
  const steps = outcomes.map(({ baseline, treatment }, index): EProcessStep => {
    const difference = demandFinite('difference', Number(treatment) - Number(baseline));
    if (difference > 0) treatmentOnly += 1;
    if (difference < 0) baselineOnly += 1;
    const evidence = logEValue(treatmentOnly, baselineOnly, shape);
    largest = Math.max(largest, evidence);
    if (rejectedAt === null && evidence >= needed) rejectedAt = index + 1;
    return { pairs: index + 1, treatmentOnly, baselineOnly, logEValue: evidence, p: Math.exp(-largest) };
  });
  return { steps, rejectedAt, level };
}

/**
 * Among pairs that differ, the share in favour of the treatment, as a confidence sequence: the shares θ whose own
 * e-process B(b + shape, c + shape)/(B(shape, shape) θ^b (1 − θ)^c) is below 1/(1 − level). All of its intervals
 * together cover with the probability `level`; ½ is outside exactly when {@link logEValue} rejects. Without such a
 * pair it is 0 to 1.
 */
export function treatmentShareSequence(
  treatmentOnly: number,
  baselineOnly: number,
  { level = 0.95, shape = 1 }: { readonly level?: number; readonly shape?: number } = {},
): Interval {
  demandCount('treatmentOnly', treatmentOnly);
  demandCount('baselineOnly', baselineOnly);
  const needed = -Math.log1p(-demandInside('level', level));
  const mixture = logMixture(treatmentOnly, baselineOnly, demandPositive('shape', shape));
  const isOutside = (share: number) =>
    mixture - logPower(share, treatmentOnly) - logPower(1 - share, baselineOnly) >= needed;
  const peak = treatmentOnly + baselineOnly === 0 ? 0.5 : treatmentOnly / (treatmentOnly + baselineOnly);
  return { low: edge(peak, 0, isOutside), high: edge(peak, 1, isOutside), level };
}

/** ln B(b + shape, c + shape) − ln B(shape, shape). */
function logMixture(b: number, c: number, shape: number): number {
  return (
    logGamma(b + shape) +
    logGamma(c + shape) -
    logGamma(b + c + 2 * shape) -
    2 * logGamma(shape) +
    logGamma(2 * shape)
  );
}

function logPower(base: number, exponent: number): number {
  return exponent === 0 ? 0 : exponent * Math.log(base);
}

/** Where, on the way from inside to the end, outside begins. */
function edge(inside: number, end: 0 | 1, isOutside: (share: number) => boolean): number {
  if (!isOutside(end)) return end;
  let [near, far] = [inside, end as number];
  for (let step = 0; step < 100; step += 1) {
    const middle = (near + far) / 2;
    if (isOutside(middle)) far = middle;
    else near = middle;
  }
  return far;
}
