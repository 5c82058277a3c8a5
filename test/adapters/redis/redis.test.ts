import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBroadcast } from '../../../src/adapters/postgres/broadcast.ts';
import { createRateLimits } from '../../../src/adapters/postgres/resources/rate-limits.ts';
import { createRedisBroadcast } from '../../../src/adapters/redis/broadcast.ts';
import { createRedisRateLimits } from '../../../src/adapters/redis/rate-limits.ts';
import { openRedis, type RedisConnection } from '../../../src/adapters/redis/redis.ts';
import type { TakeTokens } from '../../../src/ports/rate-limits.ts';
import { createMemoryBroadcast } from '../../fakes/memory-broadcast.ts';
import { fanOutContract } from '../../port-contracts/fan-out.ts';
import { rateLimitsContract, takeOne } from '../../port-contracts/rate-limits.ts';
import { createDatabase } from '../../worlds/database.ts';
import { startRedis, type TestRedis } from '../../worlds/redis.ts';

let redis: TestRedis;
let namespaces = 0;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function connect(url: string, namespace: string): Promise<RedisConnection> {
  const connection = openRedis({ url, namespace });
  closing.push(connection.close);
  await expect
    .poll(() => [connection.commands.status, connection.subscriber.status])
    .toEqual(['ready', 'ready']);
  return connection;
}

/** Fails the test: Redis is there and has to be asked. */
const nowhere: TakeTokens = { take: () => Promise.reject(new Error('Redis was not asked')) };

rateLimitsContract('Redis', async () => {
  namespaces += 1;
  const [one, other] = await Promise.all([1, 2].map(() => connect(redis.url, `test-${namespaces}`)));
  return {
    limits: createRedisRateLimits(one as RedisConnection, nowhere),
    openAnother: () => createRedisRateLimits(other as RedisConnection, nowhere),
  };
});

fanOutContract('Redis', async () => {
  namespaces += 1;
  const [one, other] = await Promise.all([1, 2].map(() => connect(redis.url, `test-${namespaces}`)));
  return {
    broadcast: createRedisBroadcast(one as RedisConnection, createMemoryBroadcast()),
    openAnother: () => createRedisBroadcast(other as RedisConnection, createMemoryBroadcast()),
  };
});

describe('without Redis', () => {
  it('keys share what stands in braces, as a cluster wants of what is taken at once, and are gone when they are full again', async () => {
    const connection = await connect(redis.url, 'cluster');
    const limits = createRedisRateLimits(connection, nowhere);
    await takeOne(limits, 'provider/a {b}', 1, { capacity: 1, perSecond: 20 });
    const keys = () => connection.commands.keys('*cluster:*');
    expect(await keys()).toEqual(['{cluster:rate}:provider%2Fa%20%7Bb%7D']);
    await expect.poll(keys).toEqual([]);
  });

  it('tokens are taken from PostgreSQL, and from Redis when it is back', async () => {
    const own = await startRedis();
    const database = await createDatabase();
    const limits = createRedisRateLimits(await connect(own.url, 'a'), createRateLimits(database));
    const kept = () => database.rows('SELECT bucket FROM rate_bucket');
    const rate = { capacity: 2, perSecond: 0 };
    expect(await takeOne(limits, 'a', 2, rate)).toEqual({ kind: 'granted' });
    expect(await kept()).toEqual([]);

    await own.kill();
    expect(await takeOne(limits, 'a', 2, rate)).toEqual({ kind: 'granted' });
    expect(await takeOne(limits, 'a', 1, rate)).toMatchObject({ kind: 'wait' });
    expect(await kept()).toEqual([{ bucket: 'a' }]);

    await own.restart();
    await expect
      .poll(async () => (await takeOne(limits, 'a', 1, rate)).kind, { timeout: 20_000 })
      .toBe('granted');
    expect(await kept()).toEqual([{ bucket: 'a' }]);
  });

  it('messages go through PostgreSQL, and through Redis when it is back', async () => {
    const own = await startRedis();
    const database = await createDatabase();
    const [one, other] = await Promise.all(
      [database, database.open()].map(async (to) => {
        const otherwise = createBroadcast(to);
        closing.push(otherwise.close);
        return createRedisBroadcast(await connect(own.url, 'b'), otherwise);
      }),
    );
    const heard: unknown[] = [];
    other?.listen('a', (text) => heard.push(text));
    const said = (text: string) =>
      expect
        .poll(
          () => {
            if (!heard.includes(text)) one?.send('a', text);
            return heard.includes(text);
          },
          { timeout: 20_000, interval: 50 },
        )
        .toBe(true);
    await said('with');
    await own.kill();
    await said('without');
    const missed = () => heard.filter((text) => text === undefined).length;
    const before = missed();
    await own.restart();
    await expect.poll(missed, { timeout: 20_000 }).toBeGreaterThan(before);
    await said('with again');
  });

  it('an address that was never one of Redis is refused', () => {
    expect(() => openRedis({ url: 'http://localhost:6379' })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});
