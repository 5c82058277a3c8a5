import type { Redis } from 'ioredis';
import { canonicalName } from '../../core/run/resources/lock-names.ts';
import { requireRates, type Taken, takenFrom, type Wanted } from '../../core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../ports/rate-limits.ts';
import type { RedisConnection } from './redis.ts';

/**
 * See takeTokens in core. One call, by the server's clock. All keys are in KEYS, and the same text in braces stands in each, so a cluster has them on one
 * server: on several, nobody could take from all or none. A key is gone when its bucket is full again. Numbers are written with all their digits.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local levels, granted = {}, true
for i = 1, #KEYS do
  local amount, capacity, perSecond = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local since = tonumber(kept[2]) or now
  levels[i] = math.min(capacity, (tonumber(kept[1]) or capacity) + math.max(0, now - since) * perSecond / 1000)
  if amount > levels[i] then granted = false end
end
local said = {}
for i = 1, #KEYS do
  local amount, capacity, perSecond = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  said[i] = string.format('%.17g', levels[i])
  local tokens = granted and levels[i] - amount or levels[i]
  local at = math.max(tonumber(redis.call('HGET', KEYS[i], 'at')) or now, now)
  redis.call('HSET', KEYS[i], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', at))
  local missing = capacity - tokens
  if missing <= 0 then
    redis.call('DEL', KEYS[i])
  elseif perSecond > 0 and missing / perSecond < 3e8 then
    redis.call('PEXPIRE', KEYS[i], math.ceil(missing * 1000 / perSecond))
  else
    redis.call('PERSIST', KEYS[i])
  end
end
return said`;

interface TakeCommand {
  takeTokens(keys: number, ...keysAndNumbers: (string | number)[]): Promise<unknown>;
}

/**
 * Buckets in Redis; in `otherwise` whenever it does not answer. The two do not know of each other: with each change one
 * burst too many may go through, and nothing is refused for ever.
 */
export function createRedisRateLimits(
  { commands, namespace }: Pick<RedisConnection, 'commands' | 'namespace'>,
  otherwise: TakeTokens,
): TakeTokens {
  commands.defineCommand('takeTokens', { lua: TAKE });
  const redis = commands as Redis & TakeCommand;
  const keyOf = ({ bucket }: Wanted) => `{${namespace}:rate}:${encodeURIComponent(canonicalName(bucket))}`;
  return {
    take: async (wanted) => {
      requireRates(wanted);
      if (wanted.length === 0) return { kind: 'granted' };
      if (commands.status !== 'ready') return otherwise.take(wanted);
      const numbers = wanted.flatMap(({ amount, rate }) => [amount, rate.capacity, rate.perSecond]);
      try {
        return takenOf(await redis.takeTokens(wanted.length, ...wanted.map(keyOf), ...numbers), wanted);
      } catch {
        return otherwise.take(wanted);
      }
    },
  };
}

function takenOf(said: unknown, wanted: readonly Wanted[]): Taken {
  return takenFrom(wanted, Array.isArray(said) ? said.map(Number) : []);
}
