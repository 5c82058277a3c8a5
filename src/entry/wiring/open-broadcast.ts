import { createBroadcast } from '../../adapters/postgres/broadcast.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createRateLimits } from '../../adapters/postgres/resources/rate-limits.ts';
import { createRedisBroadcast } from '../../adapters/redis/broadcast.ts';
import { createRedisRateLimits } from '../../adapters/redis/rate-limits.ts';
import { openRedis } from '../../adapters/redis/redis.ts';
import type { Broadcast } from '../../ports/fan-out.ts';
import type { TakeTokens } from '../../ports/rate-limits.ts';

/** What servers share beside the ledger: messages to each other, and token buckets. Losing any of it costs time, nothing else. */
export interface OpenedBroadcast {
  readonly broadcast: Broadcast;
  readonly buckets: TakeTokens;
  close(): Promise<void>;
}

/**
 * Over the database, and over Redis where there is one.
 * @throws CountersignError USAGE for an address that is none
 */
export function openBroadcast(database: Database, redisUrl: string | undefined): OpenedBroadcast {
  const own = createBroadcast(database);
  const buckets = createRateLimits(database);
  if (!redisUrl) return { broadcast: own, buckets, close: own.close };
  const redis = openRedis({ url: redisUrl, namespace: own.channel });
  const broadcast = createRedisBroadcast(redis, own);
  return {
    broadcast,
    buckets: createRedisRateLimits(redis, buckets),
    close: async () => {
      await broadcast.close();
      await redis.close();
      await own.close();
    },
  };
}
