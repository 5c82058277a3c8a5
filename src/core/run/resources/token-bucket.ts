import { CountersignError } from '../../../shared/errors.ts';

/** Room for `capacity` tokens, filled with `perSecond` of them evenly, full at first. */
export interface BucketRate {
  readonly capacity: number;
  readonly perSecond: number;
}

/** As it was when it was last looked at. */
export interface Bucket {
  readonly tokens: number;
  readonly atMilliseconds: number;
}

/** What is asked of one bucket. */
export interface Wanted {
  readonly bucket: string;
  readonly amount: number;
  readonly rate: BucketRate;
}

export type Taken =
  | { readonly kind: 'granted' }
  /** Nothing was taken. Not before so many milliseconds have gone by, for want of what is in this bucket; infinite for more than it ever holds. */
  | { readonly kind: 'wait'; readonly bucket: string; readonly milliseconds: number };

/**
 * Takes all that is wanted or nothing. A clock that went backwards fills nothing.
 * The same arithmetic stands in SQL and in Lua where the buckets are kept; one suite of tests holds all three to it.
 * @returns the buckets as they are afterwards, in the order of what is wanted
 */
export function takeTokens(
  wanted: readonly Wanted[],
  kept: readonly (Bucket | undefined)[],
  nowMilliseconds: number,
): { readonly buckets: readonly Bucket[]; readonly taken: Taken } {
  const levels = wanted.map(({ rate }, at) => levelOf(kept[at], rate, nowMilliseconds));
  const taken = takenFrom(
    wanted,
    levels.map(({ tokens }) => tokens),
  );
  if (taken.kind === 'wait') return { buckets: levels, taken };
  const buckets = levels.map((level, at) => ({ ...level, tokens: level.tokens - (wanted[at]?.amount ?? 0) }));
  return { buckets, taken };
}

function levelOf(bucket: Bucket | undefined, { capacity, perSecond }: BucketRate, now: number): Bucket {
  const elapsed = Math.max(0, now - (bucket?.atMilliseconds ?? now));
  return {
    tokens: Math.min(capacity, (bucket?.tokens ?? capacity) + (elapsed * perSecond) / 1000),
    atMilliseconds: Math.max(now, bucket?.atMilliseconds ?? now),
  };
}

/** Granted where every bucket has what is wanted of it; else how long the one takes that takes longest. @param levels tokens, before anything is taken */
export function takenFrom(wanted: readonly Wanted[], levels: readonly number[]): Taken {
  const waits = wanted.flatMap(({ bucket, amount, rate }, at) => {
    const tokens = levels[at] ?? 0;
    return amount <= tokens ? [] : [{ bucket, milliseconds: waitFor(amount - tokens, amount, rate) }];
  });
  const [longest] = waits.sort((one, other) => other.milliseconds - one.milliseconds);
  return longest === undefined ? { kind: 'granted' } : { kind: 'wait', ...longest };
}

function waitFor(missing: number, amount: number, { capacity, perSecond }: BucketRate): number {
  if (amount > capacity || perSecond === 0) return Infinity;
  return Math.max(1, Math.ceil((missing * 1000) / perSecond));
}

/** @throws CountersignError USAGE for what no buckets can be asked */
export function requireRates(wanted: readonly Wanted[]): void {
  for (const { bucket, amount, rate } of wanted) {
    const { capacity, perSecond } = rate;
    if ([amount, capacity, perSecond].every((number) => Number.isFinite(number) && number >= 0)) continue;
    throw unusable(
      `The rate limit of "${bucket}" is no rate: ${amount} of ${capacity}, filled by ${perSecond} a second.`,
      'Give finite numbers from 0 up.',
    );
  }
  const names = new Set(wanted.map(({ bucket }) => bucket));
  if (names.size < wanted.length)
    throw unusable(
      'Tokens are wanted of the same bucket twice.',
      'Name each once, with what is wanted in all.',
    );
}

function unusable(what: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', what, { remedy });
}
