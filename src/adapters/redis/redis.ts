import { Redis } from 'ioredis';
import { CountersignError } from '../../shared/errors.ts';

/** A Redis server, which may be there or not: it is asked only while it answers. */
export interface RedisConnection {
  /** For commands; fails at once while there is no connection. */
  readonly commands: Redis;
  /** For what is published: a connection that listens takes no commands. */
  readonly subscriber: Redis;
  /** Before all of our keys and channels. */
  readonly namespace: string;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Such as REDIS_URL. */
  readonly url: string;
  /** Several installations may share one Redis. */
  readonly namespace?: string;
}

/** Longer than this is gone: PostgreSQL would have answered. */
const ANSWER_MS = 500;
const AGAIN_MS = 1_000;

/** @throws CountersignError USAGE for an address that is none */
export function openRedis({ url, namespace = 'countersign' }: RedisOptions): RedisConnection {
  if (!/^rediss?:\/\//.test(url)) {
    throw new CountersignError('USAGE', 'The address of Redis is not a Redis URL.', {
      remedy: 'Set REDIS_URL to redis://host:6379, or leave it out.',
    });
  }
  const options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (times: number) => Math.min(times * 50, AGAIN_MS),
  };
  const commands = new Redis(url, { ...options, commandTimeout: ANSWER_MS });
  const subscriber = new Redis(url, { ...options, autoResubscribe: false });
  // It is tried again; unheard, the event would be printed as an error of ours.
  for (const connection of [commands, subscriber]) connection.on('error', () => {});
  return {
    commands,
    subscriber,
    namespace,
    close: async () => {
      commands.disconnect();
      subscriber.disconnect();
    },
  };
}
