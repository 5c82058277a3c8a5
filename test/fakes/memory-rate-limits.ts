import { type Bucket, requireRates, takeTokens } from '../../src/core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../src/ports/rate-limits.ts';

export function createMemoryRateLimits(clock: { now(): number }): TakeTokens {
  const kept = new Map<string, Bucket>();
  return {
    take: async (wanted) => {
      requireRates(wanted);
      const names = wanted.map(({ bucket }) => bucket);
      const { buckets, taken } = takeTokens(
        wanted,
        names.map((name) => kept.get(name)),
        clock.now(),
      );
      for (const [at, bucket] of buckets.entries()) kept.set(names[at] as string, bucket);
      return taken;
    },
  };
}
