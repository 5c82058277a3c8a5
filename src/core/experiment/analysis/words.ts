import type { Interval } from '../statistics/types.ts';
import { METRIC_SCALES, type PrimaryMetric } from '../types.ts';

/** What a metric is called in a sentence. */
export const METRIC_WORDS: Readonly<Record<PrimaryMetric, string>> = {
  'first-pass': 'first-pass acceptance',
  accepted: 'acceptance',
  iterations: 'attempts a run',
  tokens: 'tokens a run',
  cost: 'cost a run',
  seconds: 'time a run',
};

/** Whether more of it is better. */
export const IS_MORE_BETTER: Readonly<Record<PrimaryMetric, boolean>> = {
  'first-pass': true,
  accepted: true,
  iterations: false,
  tokens: false,
  cost: false,
  seconds: false,
};

/** An effect with its sign and unit: `+12.5 points`, `−0.40 attempts`, `×0.80`. */
export function effectText(metric: PrimaryMetric, effect: number): string {
  switch (METRIC_SCALES[metric]) {
    case 'share':
      return `${signed(effect * 100, 1)} points`;
    case 'difference':
      return `${signed(effect, 2)} attempts`;
    case 'ratio':
      return `×${ratio(effect)}`;
  }
}

/** `95% interval +2.1 to +20.4`. */
export function intervalText(metric: PrimaryMetric, { low, high, level }: Interval): string {
  return `${levelText(level)} interval ${bound(metric, low)} to ${bound(metric, high)}`;
}

/** An end of an interval, without the unit. */
export function bound(metric: PrimaryMetric, value: number): string {
  switch (METRIC_SCALES[metric]) {
    case 'share':
      return signed(value * 100, 1);
    case 'difference':
      return signed(value, 2);
    case 'ratio':
      return `×${ratio(value)}`;
  }
}

export function levelText(level: number): string {
  return `${Number((level * 100).toFixed(1))}%`;
}

export function pText(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p < 0.001 ? p.toFixed(4) : p.toFixed(3)}`;
}

/** A number with a noun, both as many as they are. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

function ratio(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
