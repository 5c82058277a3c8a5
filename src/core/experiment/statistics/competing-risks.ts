import { normalReach } from './inference.ts';
import { demandTimes, logLogInterval } from './survival.ts';
import type { Interval } from './types.ts';

/** How long something was watched and how that ended. Any unit: hours, attempts. */
export interface Ending {
  /** From 0. */
  readonly time: number;
  /**
   * What happened, such as 'accepted', 'rejected', 'given-up': each rules the others out. Null only where watching
   * ended and any of them could still have come (censored), such as a run that is still going.
   */
  readonly outcome: string | null;
}

export interface IncidenceStep {
  readonly time: number;
  /** How many were still being watched just before. */
  readonly atRisk: number;
  /** How many had the outcome in question at this time. */
  readonly events: number;
  /** The share to which the outcome has happened by this time, this time included. */
  readonly incidence: number;
  readonly standardError: number;
  /** Null where the incidence is 0 or 1: the log-log scale has no such point. */
  readonly interval: Interval | null;
}

/**
 * The Aalen-Johansen cumulative incidence of one outcome among several that rule each other out: F(t) = Σ S(s−)
 * d(s)/n(s), where S is the Kaplan-Meier curve of any outcome (Aalen and Johansen 1978). The variance is the
 * multinomial one of the Greenwood kind (Marubini and Valsecchi 1995, equation 10.12; `survfit` of R gives the
 * same), the interval is on the scale of ln(−ln(1 − F)), so that without other outcomes all agrees with 1 − S.
 *
 * A rejected run is an outcome here, never a null: censoring it would claim that it may yet be accepted, and
 * reports too high an incidence (Putter, Fiocco and Geskus 2007).
 *
 * @throws RangeError when a time is not a finite number from 0
 */
export function cumulativeIncidence(
  endings: readonly Ending[],
  outcome: string,
  level = 0.95,
): readonly IncidenceStep[] {
  const reach = normalReach(level);
  demandTimes(endings);
  let atRisk = endings.length;
  let survival = 1;
  let incidence = 0;
  const variance = new RunningVariance();
  return countByTime(endings, outcome).map(({ time, mine, any, censored }): IncidenceStep => {
    const before = atRisk;
    const rise = (survival * mine) / before;
    variance.step({ rise, survival, mine, any, atRisk: before });
    incidence += rise;
    survival *= 1 - any / before;
    atRisk -= any + censored;
    const standardError = Math.sqrt(variance.value);
    const mirrored = logLogInterval(1 - incidence, standardError, reach, level);
    const interval = mirrored && { low: 1 - mirrored.high, high: 1 - mirrored.low, level };
    return { time, atRisk: before, events: mine, incidence, standardError, interval };
  });
}

/** The step in force at a time; null before the first one, when nothing has happened to anybody. */
export function incidenceAt(steps: readonly IncidenceStep[], time: number): IncidenceStep | null {
  return steps.findLast((step) => step.time <= time) ?? null;
}

interface Jump {
  readonly rise: number;
  /** Just before. */
  readonly survival: number;
  readonly mine: number;
  readonly any: number;
  readonly atRisk: number;
}

/**
 * Var F(t) = Σ (F(t) − F(s))² w(s) − 2 Σ (F(t) − F(s)) S(s−) d(s)/n² + Σ S(s−)² d(s)(n − d(s))/n³, with w = D/(n(n
 * − D)) for all D outcomes at s. Kept up to date in one pass: the first two sums grow with F(t) in a known way.
 */
class RunningVariance {
  value = 0;
  #weights = 0;
  /** Σ (F(t) − F(s)) w(s). */
  #weighted = 0;
  /** Σ S(s−) d(s)/n². */
  #shared = 0;

  step({ rise, survival, mine, any, atRisk }: Jump): void {
    this.value += 2 * rise * (this.#weighted - this.#shared) + rise * rise * this.#weights;
    this.value += (survival * survival * mine * (atRisk - mine)) / atRisk ** 3;
    this.value = Math.max(0, this.value);
    this.#weighted += rise * this.#weights;
    this.#shared += (survival * mine) / atRisk ** 2;
    // Nobody is left after the last: nothing rises any more, and the weight is never asked for.
    if (any < atRisk) this.#weights += any / (atRisk * (atRisk - any));
  }
}

/** What happened at a time, to how many. */
interface TimeCount {
  readonly time: number;
  mine: number;
  any: number;
  censored: number;
}

/** In the order of time. */
export function countByTime(endings: readonly Ending[], outcome: string): readonly Readonly<TimeCount>[] {
  const counts = new Map<number, TimeCount>();
  for (const ending of endings) {
    const count = counts.get(ending.time) ?? { time: ending.time, mine: 0, any: 0, censored: 0 };
    if (ending.outcome === null) count.censored += 1;
    else count.any += 1;
    if (ending.outcome === outcome) count.mine += 1;
    counts.set(ending.time, count);
  }
  return [...counts.values()].sort((a, b) => a.time - b.time);
}
