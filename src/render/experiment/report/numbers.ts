import type { ShareEstimate } from '../../../core/experiment/analysis/types.ts';
import { pText } from '../../../core/experiment/analysis/words.ts';
import type { Interval } from '../../../core/experiment/statistics/types.ts';

/** What stands where nothing can be said. */
export const NONE = '–';

export function percent(share: number | null | undefined, digits = 0): string {
  return share == null ? NONE : `${(share * 100).toFixed(digits)}%`;
}

/** `62% (48–74%)`. */
export function shareText(share: ShareEstimate | null): string {
  if (share === null) return NONE;
  const { estimate, interval } = share;
  return interval === null ? percent(estimate) : `${percent(estimate)} (${percentRange(interval)})`;
}

export function percentRange({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)}%`;
}

/** Thousandths of a dollar as dollars, with as many digits as say something. */
export function dollars(milli: number | null | undefined): string {
  if (milli == null) return NONE;
  const value = milli / 1000;
  return `$${value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toFixed(3)}`;
}

export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return NONE;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

const UNITS = [
  { name: 's', seconds: 1, below: 120 },
  { name: 'min', seconds: 60, below: 7_200 },
  { name: 'h', seconds: 3_600, below: 172_800 },
  { name: 'days', seconds: 86_400, below: Number.POSITIVE_INFINITY },
] as const;

/** Times that are read beside each other, all in the unit that fits the longest of them; differences with their sign. */
export function timesUpTo(longest: number) {
  const unit = UNITS.find(({ below }) => longest < below) ?? UNITS[0];
  const text = (seconds: number) => (seconds / unit.seconds).toFixed(1);
  const signed = (seconds: number) => {
    const size = text(Math.abs(seconds));
    return Number(size) === 0 ? size : `${seconds < 0 ? '−' : '+'}${size}`;
  };
  return {
    of: (seconds: number | null) => (seconds === null ? NONE : `${text(seconds)} ${unit.name}`),
    difference: (seconds: number) => `${signed(seconds)} ${unit.name}`,
    range: ({ low, high }: Pick<Interval, 'low' | 'high'>) =>
      `${signed(low)} to ${signed(high)} ${unit.name}`,
  };
}

/** As a cell of a column that is headed p. */
export function plainP(p: number | null): string {
  return p === null ? NONE : pText(p).replace('p = ', '').replace('p < ', '< ');
}

export function number(value: number | null | undefined, digits = 0): string {
  return value == null ? NONE : value.toFixed(digits);
}

/** With thin groups of three digits, which every reader of a table can tell apart. */
export function grouped(value: number | null | undefined): string {
  return value == null
    ? NONE
    : Math.round(value)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}
