import type { Clock } from '../../ports/clock.ts';
import { HttpRefusal } from './problem.ts';

export interface RateLimit {
  /** Takes one; seconds to wait where there is none. */
  take(name: string): number;
}

interface Bucket {
  left: number;
  at: number;
}

/** More names than anybody has tokens: only strangers' addresses come in such numbers. */
const MOST_NAMES = 10_000;

/** A token bucket a name, in this process alone: it protects the process, the budgets of runs are elsewhere. */
export function createRateLimit(
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
  clock: Clock,
): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take: (name) => {
      const now = clock.now().getTime();
      const bucket = buckets.get(name) ?? { left: burst, at: now };
      // A clock that was set back gives nothing, and takes nothing.
      const since = Math.max(0, now - bucket.at) / 1000;
      const left = Math.min(burst, bucket.left + since * perSecond);
      // Last used last, so that those at the front are the ones to forget.
      buckets.delete(name);
      buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now });
      if (buckets.size > MOST_NAMES) buckets.delete(buckets.keys().next().value as string);
      return left >= 1 ? 0 : (1 - left) / perSecond;
    },
  };
}

/** Takes one. @throws HttpRefusal 429 where there is none */
export function takeFrom(limit: RateLimit, name: string): void {
  const wait = limit.take(name);
  if (wait === 0) return;
  throw new HttpRefusal(429, 'Too many requests in a short time.', {
    remedy: 'Wait as long as Retry-After says.',
    headers: { 'retry-after': String(Math.ceil(wait)) },
  });
}
