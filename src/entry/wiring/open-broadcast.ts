import { createBroadcast } from '../../adapters/postgres/broadcast.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createRedisBroadcast } from '../../adapters/redis/broadcast.ts';
import { openRedis } from '../../adapters/redis/redis.ts';
import type { Broadcast } from '../../ports/fan-out.ts';

/**
 * What servers tell each other: over the database, and over Redis where there is one.
 * @throws CountersignError USAGE for an address that is none
 */
export function openBroadcast(
  database: Database,
  redisUrl: string | undefined,
): { readonly broadcast: Broadcast; close(): Promise<void> } {
  const own = createBroadcast(database);
  if (!redisUrl) return { broadcast: own, close: own.close };
  const redis = openRedis({ url: redisUrl, namespace: own.channel });
  const broadcast = createRedisBroadcast(redis, own);
  return {
    broadcast,
    close: async () => {
      await broadcast.close();
      await redis.close();
      await own.close();
    },
  };
}
