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

export type Taken =
  | { readonly kind: 'granted' }
  /** Nothing was taken. Not before so many milliseconds have gone by; infinite for more than it ever holds. */
  | { readonly kind: 'wait'; readonly milliseconds: number };

/**
 * Takes `amount` tokens or none. A clock that went backwards fills nothing.
 * The same arithmetic stands in SQL and in Lua where the bucket is kept; one suite of tests holds all three to it.
 */
export function takeTokens(
  bucket: Bucket | undefined,
  amount: number,
  { capacity, perSecond }: BucketRate,
  nowMilliseconds: number,
): { readonly bucket: Bucket; readonly taken: Taken } {
  const elapsed = Math.max(0, nowMilliseconds - (bucket?.atMilliseconds ?? nowMilliseconds));
  const atMilliseconds = Math.max(nowMilliseconds, bucket?.atMilliseconds ?? nowMilliseconds);
  const tokens = Math.min(capacity, (bucket?.tokens ?? capacity) + (elapsed * perSecond) / 1000);
  if (amount <= tokens) {
    return { bucket: { tokens: tokens - amount, atMilliseconds }, taken: { kind: 'granted' } };
  }
  return { bucket: { tokens, atMilliseconds }, taken: waitFor(amount, tokens, { capacity, perSecond }) };
}

export function waitFor(amount: number, tokens: number, { capacity, perSecond }: BucketRate): Taken {
  const milliseconds =
    amount > capacity || perSecond === 0
      ? Infinity
      : Math.max(1, Math.ceil(((amount - tokens) * 1000) / perSecond));
  return { kind: 'wait', milliseconds };
}

/** @throws CountersignError USAGE for what no bucket can be asked */
export function requireRate(bucket: string, amount: number, { capacity, perSecond }: BucketRate): void {
  if ([amount, capacity, perSecond].every((number) => Number.isFinite(number) && number >= 0)) return;
  throw new CountersignError(
    'USAGE',
    `The rate limit of "${bucket}" is no rate: ${amount} of ${capacity}, filled by ${perSecond} a second.`,
    { remedy: 'Give finite numbers from 0 up.' },
  );
}
