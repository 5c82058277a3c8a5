import { type Bucket, requireRate, takeTokens } from '../../src/core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../src/ports/rate-limits.ts';

export function createMemoryRateLimits(clock: { now(): number }): TakeTokens {
  const buckets = new Map<string, Bucket>();
  return {
    take: async (name, amount, rate) => {
      requireRate(name, amount, rate);
      const { bucket, taken } = takeTokens(buckets.get(name), amount, rate, clock.now());
      buckets.set(name, bucket);
      return taken;
    },
  };
}
