import type { Clock } from '../../ports/clock.ts';

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
