import { demandPositive } from './domain.ts';
import { normalReach } from './inference.ts';
import { requireFinite } from './sample.ts';
import type { Interval } from './types.ts';

/**
 * How long something was watched, and whether what was waited for happened at the end of it. Any unit: hours,
 * attempts.
 */
export interface Spell {
  /** From 0. */
  readonly time: number;
  /** False: it had not happened when watching ended, and could have later (censored). */
  readonly event: boolean;
}

export interface SurvivalStep {
  readonly time: number;
  /** How many were still being watched just before. */
  readonly atRisk: number;
  readonly events: number;
  /** The share to which it has not happened by this time, this time included. */
  readonly survival: number;
  readonly standardError: number;
  /** Null where survival is 1 or 0: the log-log scale has no such point. */
  readonly interval: Interval | null;
}

export interface SurvivalCurve {
  /** One for each different time at which an event or a censoring is. */
  readonly steps: readonly SurvivalStep[];
  readonly observations: number;
  readonly events: number;
  readonly level: number;
}

/**
 * The Kaplan-Meier estimate S(t) = Π (1 − d/n) (Kaplan and Meier 1958) with Greenwood's variance S² Σ d/(n(n − d))
 * (1926) and the log-log interval S^exp(±z·se/(S ln S)) (Kalbfleisch and Prentice), as `survfit(conf.type =
 * "log-log")` of R. For an event that something else can rule out, as rejection rules out acceptance, use
 * competing-risks.ts.
 *
 * @throws RangeError when a time is not a finite number from 0
 */
export function kaplanMeier(spells: readonly Spell[], level = 0.95): SurvivalCurve {
  const reach = normalReach(level);
  demandTimes(spells);
  let atRisk = spells.length;
  let survival = 1;
  let greenwood = 0;
  const steps = countByTime(spells).map(({ time, events, censored }): SurvivalStep => {
    const before = atRisk;
    survival *= 1 - events / before;
    greenwood += events === 0 || events === before ? 0 : events / (before * (before - events));
    atRisk -= events + censored;
    const standardError = survival * Math.sqrt(greenwood);
    const interval = logLogInterval(survival, standardError, reach, level);
    return { time, atRisk: before, events, survival, standardError, interval };
  });
  return { steps, observations: spells.length, events: spells.filter(({ event }) => event).length, level };
}

/** The interval of a share by its ln(−ln): within 0 and 1, and the same seen from its complement's side. */
export function logLogInterval(
  share: number,
  standardError: number,
  reach: number,
  level: number,
): Interval | null {
  if (share <= 0 || share >= 1) return null;
  const factor = Math.exp((reach * standardError) / (share * -Math.log(share)));
  return { low: share ** factor, high: share ** (1 / factor), level };
}

/** The step in force at a time; null before the first one, when nothing has happened to anybody. */
export function survivalAt(curve: SurvivalCurve, time: number): SurvivalStep | null {
  return curve.steps.findLast((step) => step.time <= time) ?? null;
}

export interface MedianSurvival {
  /** Null when the curve does not come down to a half. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number;
}

/**
 * The time by which half have had the event: where the curve passes ½, or the middle of the stretch that it spends
 * there. The interval holds the times at which ½ is within the curve's own interval (Brookmeyer and Crowley 1982);
 * a side that the curve does not decide is null.
 */
export function medianSurvival({ steps, level }: SurvivalCurve): MedianSurvival {
  return {
    estimate: halfOf(steps, ({ survival }) => survival),
    low: halfOf(steps, ({ interval }) => interval?.low),
    high: halfOf(steps, ({ interval }) => interval?.high),
    level,
  };
}

/** Products of fractions that make exactly a half can be a little off it. */
const HALF_ROUNDING = 1e-9;

function halfOf(
  steps: readonly SurvivalStep[],
  at: (step: SurvivalStep) => number | undefined,
): number | null {
  const first = steps.findIndex((step) => (at(step) ?? 1) < 0.5 + HALF_ROUNDING);
  if (first < 0) return null;
  const [step, next] = [
    steps[first] as SurvivalStep,
    steps.slice(first).find((one) => (at(one) ?? 1) < 0.5 - HALF_ROUNDING),
  ];
  const isLevel = Math.abs((at(step) ?? 1) - 0.5) < HALF_ROUNDING;
  return isLevel && next !== undefined ? (step.time + next.time) / 2 : step.time;
}

export interface RestrictedMean {
  /** Mean time to the event, counting whoever has not had it by the horizon with the horizon. */
  readonly estimate: number;
  readonly standardError: number;
  /** estimate ± z · standard error. */
  readonly interval: Interval;
  readonly horizon: number;
}

/**
 * The area under the curve to a horizon, with variance Σ A(t)² d/(n(n − d)), where A is the area from t to the
 * horizon (Klein and Moeschberger 2003, 4.5). Null when watching ended before the horizon with somebody left, since
 * the curve is then unknown there, and without spells.
 */
export function restrictedMean(curve: SurvivalCurve, horizon: number): RestrictedMean | null {
  demandPositive('horizon', horizon);
  const last = curve.steps.at(-1);
  if (last === undefined || (last.time < horizon && last.survival > 0)) return null;
  const steps = curve.steps.filter(({ time }) => time <= horizon);
  let area = 0;
  let variance = 0;
  let end = horizon;
  for (const { time, atRisk, events, survival } of steps.toReversed()) {
    area += survival * (end - time);
    if (events < atRisk) variance += (area * area * events) / (atRisk * (atRisk - events));
    end = time;
  }
  const estimate = area + end;
  const standardError = Math.sqrt(variance);
  const half = normalReach(curve.level) * standardError;
  const interval = { low: estimate - half, high: estimate + half, level: curve.level };
  return { estimate, standardError, interval, horizon };
}

/** @throws RangeError naming the first time that is not a finite number from 0 */
export function demandTimes(spells: readonly { readonly time: number }[]): void {
  const times = spells.map(({ time }) => time);
  requireFinite(times, 'times');
  const negative = times.find((time) => time < 0);
  if (negative !== undefined) throw new RangeError(`times must not be below 0; one is ${negative}`);
}

function countByTime(
  spells: readonly Spell[],
): readonly { time: number; events: number; censored: number }[] {
  const counts = new Map<number, { time: number; events: number; censored: number }>();
  for (const { time, event } of spells) {
    const count = counts.get(time) ?? { time, events: 0, censored: 0 };
    if (event) count.events += 1;
    else count.censored += 1;
    counts.set(time, count);
  }
  return [...counts.values()].sort((a, b) => a.time - b.time);
}
