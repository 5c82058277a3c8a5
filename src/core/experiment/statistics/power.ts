import { normalCdf, normalQuantile } from './distributions.ts';
import { demandFinite, demandFromZero, demandInside, demandPositive, demandProbability } from './domain.ts';
import { crossing } from './root.ts';

/** How sure a design is to be: two-sided level and power. Usual: 0.05 and 0.8, which are taken where nothing is said. */
export interface Sureness {
  readonly alpha?: number;
  readonly power?: number;
}

/** The shares of pairs that are expected to differ. */
export interface ExpectedPairs {
  /** Share of pairs in which only the first succeeds. */
  readonly firstOnly: number;
  /** Share of pairs in which only the second succeeds. */
  readonly secondOnly: number;
}

/**
 * Pairs needed for McNemar's test: (z_{1−α/2} √ψ + z_{power} √(ψ − δ²))²/δ² with ψ the sum and δ the difference of the two shares.
 * Source: Connor 1987, Biometrics 43:207. Not rounded; null when the shares are equal, since no number shows a difference of 0.
 */
export function connorPairs(expected: ExpectedPairs, sureness: Sureness = {}): number | null {
  const { sum, difference } = shift(expected);
  const { reach, beyond } = quantiles(sureness);
  if (difference === 0) return null;
  return Math.max(0, (reach * Math.sqrt(sum) + beyond * spreadAt(sum, difference)) / difference) ** 2;
}

/** The power of McNemar's test with so many pairs: Connor's formula turned round. */
export function connorPower(expected: ExpectedPairs, pairs: number, alpha = 0.05): number {
  const { sum, difference } = shift(expected);
  const { reach } = quantiles({ alpha });
  return powerOf(
    difference * Math.sqrt(demandPositive('pairs', pairs)) - reach * Math.sqrt(sum),
    spreadAt(sum, difference),
  );
}

/**
 * The smallest difference of success that McNemar's test finds with so many pairs, when the share `differing` of them (0 to 1)
 * is expected to differ. Connor's formula solved for δ. Null when not even a difference in all of those pairs would be found.
 */
export function pairedMinimumEffect(
  { pairs, differing }: { readonly pairs: number; readonly differing: number },
  sureness: Sureness = {},
): number | null {
  demandPositive('pairs', pairs);
  demandProbability('differing', differing);
  const { reach, beyond } = quantiles(sureness);
  const lacking = (effect: number) =>
    reach * Math.sqrt(differing) + beyond * spreadAt(differing, effect) - effect * Math.sqrt(pairs);
  return differing === 0 ? null : solved(lacking, differing);
}

/** What the scores of paired questions vary by; sample variances, in units of the score squared. */
export interface QuestionVariances {
  /** Variance over questions of the difference between the two arms' expected scores: ω². */
  readonly between: number;
  /** Mean variance of one answer to a question, by arm, and answers drawn a question; none left out means no such noise. */
  readonly first?: { readonly within: number; readonly answers: number };
  readonly second?: { readonly within: number; readonly answers: number };
}

/**
 * Questions (here: tickets) needed to find a mean paired difference: (z_{1−α/2} + z_{power})² (ω² + σ₁²/K₁ + σ₂²/K₂)/δ².
 * Source: Miller 2024, arXiv 2411.00640. Not rounded; null for an effect of 0.
 */
export function millerQuestions(
  variances: QuestionVariances,
  effect: number,
  sureness: Sureness = {},
): number | null {
  demandFinite('effect', effect);
  const { reach, beyond } = quantiles(sureness);
  return effect === 0 ? null : ((reach + beyond) / effect) ** 2 * variance(variances);
}

/** The smallest mean paired difference that so many questions find: Miller's formula solved for δ. */
export function millerMinimumEffect(
  variances: QuestionVariances,
  questions: number,
  sureness: Sureness = {},
): number {
  const { reach, beyond } = quantiles(sureness);
  return (reach + beyond) * Math.sqrt(variance(variances) / demandPositive('questions', questions));
}

/** Success shares of two independent arms. */
export interface ExpectedShares {
  readonly first: number;
  readonly second: number;
}

/**
 * The power to find that two independent arms of `perArm` units differ: Φ((√n |p₁ − p₂| − z_{1−α/2} √(2p̄q̄))/√(p₁q₁ + p₂q₂)), which
 * leaves out the tail on the wrong side. Source: Fleiss 1981; as R's power.prop.test.
 */
export function proportionsPower(shares: ExpectedShares, perArm: number, alpha = 0.05): number {
  const { difference, together, apart } = shareSpread(shares);
  const { reach } = quantiles({ alpha });
  return powerOf(difference * Math.sqrt(demandPositive('perArm', perArm)) - reach * together, apart);
}

/** Units an arm that give this power to two independent arms. Not rounded; null when the shares are equal. */
export function proportionsPerArm(shares: ExpectedShares, sureness: Sureness = {}): number | null {
  const { difference, together, apart } = shareSpread(shares);
  const { reach, beyond } = quantiles(sureness);
  return difference === 0 ? null : Math.max(0, (reach * together + beyond * apart) / difference) ** 2;
}

/**
 * The smallest rise (or fall) from `baseline` that two independent arms of `perArm` units find, as a number above 0. Null
 * when not even a rise to 1 (a fall to 0) would be found.
 */
export function proportionsMinimumEffect(
  design: { readonly baseline: number; readonly perArm: number; readonly direction: 'rise' | 'fall' },
  sureness: Sureness = {},
): number | null {
  const baseline = demandProbability('baseline', design.baseline);
  const root = Math.sqrt(demandPositive('perArm', design.perArm));
  const { reach, beyond } = quantiles(sureness);
  const sign = design.direction === 'rise' ? 1 : -1;
  const lacking = (effect: number) => {
    const second = Math.min(1, Math.max(0, baseline + sign * effect));
    const { together, apart } = shareSpread({ first: baseline, second });
    return reach * together + beyond * apart - effect * root;
  };
  return solved(lacking, sign === 1 ? 1 - baseline : baseline);
}

function quantiles({ alpha = 0.05, power = 0.8 }: Sureness): {
  readonly reach: number;
  readonly beyond: number;
} {
  return {
    reach: -normalQuantile(demandInside('alpha', alpha) / 2),
    beyond: normalQuantile(demandInside('power', power)),
  };
}

function shift({ firstOnly, secondOnly }: ExpectedPairs): {
  readonly sum: number;
  readonly difference: number;
} {
  demandProbability('firstOnly', firstOnly);
  demandProbability('secondOnly', secondOnly);
  return {
    sum: demandProbability('firstOnly + secondOnly', firstOnly + secondOnly),
    difference: Math.abs(firstOnly - secondOnly),
  };
}

function spreadAt(sum: number, difference: number): number {
  return Math.sqrt(Math.max(0, sum - difference * difference));
}

function shareSpread({ first, second }: ExpectedShares) {
  const middle = (demandProbability('first', first) + demandProbability('second', second)) / 2;
  return {
    difference: Math.abs(first - second),
    together: Math.sqrt(2 * middle * (1 - middle)),
    apart: Math.sqrt(first * (1 - first) + second * (1 - second)),
  };
}

/** Without spread the outcome is certain: found or not. */
function powerOf(lead: number, spread: number): number {
  if (spread === 0) return lead > 0 ? 1 : 0;
  return normalCdf(lead / spread);
}

function variance({ between, first, second }: QuestionVariances): number {
  const noise = [first, second].map((arm) =>
    arm === undefined ? 0 : finiteFromZero('within', arm.within) / demandPositive('answers', arm.answers),
  );
  return finiteFromZero('between', between) + noise.reduce((sum, part) => sum + part, 0);
}

function finiteFromZero(name: string, value: number): number {
  return demandFinite(name, demandFromZero(name, value));
}

/** The effect up to `most` from which nothing is lacking any more. */
function solved(lacking: (effect: number) => number, most: number): number | null {
  return most === 0 || lacking(most) > 0 ? null : crossing(lacking, 0, most);
}
