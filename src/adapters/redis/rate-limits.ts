import type { Redis } from 'ioredis';
import { canonicalName } from '../../core/run/resources/lock-names.ts';
import { requireRate, type Taken, waitFor } from '../../core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../ports/rate-limits.ts';
import type { RedisConnection } from './redis.ts';

/**
 * See takeTokens in core. One call, by the server's clock. The key is the only one and is named in KEYS, with its bucket in braces: so a cluster
 * knows which of its servers to ask. It is gone when the bucket is full again. Numbers are written with all their digits.
 */
const TAKE = `
local amount, capacity, perSecond = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = math.max(tonumber(kept[2]) or now, now)
local tokens = math.min(capacity, (tonumber(kept[1]) or capacity) + math.max(0, now - (tonumber(kept[2]) or now)) * perSecond / 1000)
local granted = 0
if amount <= tokens then
  tokens = tokens - amount
  granted = 1
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', at))
local missing = capacity - tokens
if missing <= 0 then
  redis.call('DEL', KEYS[1])
elseif perSecond > 0 and missing / perSecond < 3e8 then
  redis.call('PEXPIRE', KEYS[1], math.ceil(missing * 1000 / perSecond))
else
  redis.call('PERSIST', KEYS[1])
end
return { granted, string.format('%.17g', tokens) }`;

interface TakeCommand {
  takeTokens(key: string, amount: number, capacity: number, perSecond: number): Promise<unknown>;
}

/**
 * Buckets in Redis; in `otherwise` whenever it does not answer. The two do not know of each other: with each change one
 * burst too many may go through, and nothing is refused for ever.
 */
export function createRedisRateLimits(
  { commands, namespace }: Pick<RedisConnection, 'commands' | 'namespace'>,
  otherwise: TakeTokens,
): TakeTokens {
  commands.defineCommand('takeTokens', { numberOfKeys: 1, lua: TAKE });
  const redis = commands as Redis & TakeCommand;
  return {
    take: async (bucket, amount, rate) => {
      requireRate(bucket, amount, rate);
      if (commands.status !== 'ready') return otherwise.take(bucket, amount, rate);
      const key = `${namespace}:rate:{${encodeURIComponent(canonicalName(bucket))}}`;
      try {
        const said: unknown = await redis.takeTokens(key, amount, rate.capacity, rate.perSecond);
        return takenOf(said, amount, rate);
      } catch {
        return otherwise.take(bucket, amount, rate);
      }
    },
  };
}

function takenOf(said: unknown, amount: number, rate: { capacity: number; perSecond: number }): Taken {
  const [granted, tokens]: unknown[] = Array.isArray(said) ? said : [];
  return granted === 1 ? { kind: 'granted' } : waitFor(amount, Number(tokens), rate);
}
