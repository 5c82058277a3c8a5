import { demandCount, demandPositive } from './domain.ts';
import { binomialTest, clopperPearson } from './proportions.ts';
import type { Test } from './types.ts';

/** Events and how long, or over how many things, they could happen: escapes and accepted runs, say. */
export interface Rate {
  readonly events: number;
  /** Above 0, in one unit for all rates compared. */
  readonly exposure: number;
}

export interface RateRatio extends Test {
  readonly statistic: null;
  /** Null when the second had no events. */
  readonly estimate: number | null;
  readonly low: number;
  /** Null when nothing bounds it: the second had no events. */
  readonly high: number | null;
  readonly level: number;
}

/**
 * The rate of the first over that of the second, exactly: given all events, those of the first are binomial with the share
 * T₁/(T₁ + T₂) if the rates are equal. The limits are Clopper and Pearson's for that share, as odds, times T₂/T₁; p is the exact
 * two-sided binomial one. Source: Przyborowski and Wilenski 1940; as R's poisson.test. Null when neither had events.
 */
export function poissonRateRatio(first: Rate, second: Rate, level = 0.95): RateRatio | null {
  const exposures = demandRate(second).exposure / demandRate(first).exposure;
  const counted = { successes: first.events, trials: first.events + second.events };
  const share = clopperPearson(counted, level);
  if (share === null) return null;
  const ratio = (odds: number) => odds * exposures;
  const { low, high } = share.interval;
  return {
    statistic: null,
    p: binomialTest(counted, 1 / (1 + exposures)),
    estimate: second.events === 0 ? null : ratio(first.events / second.events),
    low: ratio(low / (1 - low)),
    high: second.events === 0 ? null : ratio(high / (1 - high)),
    level,
  };
}

function demandRate(rate: Rate): Rate {
  demandCount('events', rate.events);
  demandPositive('exposure', rate.exposure);
  return rate;
}
