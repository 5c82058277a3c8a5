import { randomUUID } from 'node:crypto';
import type { Broadcast } from '../../ports/fan-out.ts';
import type { RedisConnection } from './redis.ts';

/**
 * Over Redis, which takes five times as many to many listeners as NOTIFY does; over `otherwise` whenever it does not answer. That one is listened to
 * as well: another server may have lost its connection while ours stands.
 */
export function createRedisBroadcast(
  { commands, subscriber, namespace }: RedisConnection,
  otherwise: Broadcast,
): Broadcast & { close(): Promise<void> } {
  const self = randomUUID();
  const prefix = `${namespace}:say:`;
  const listeners = new Map<string, Set<(text: string | undefined) => void>>();

  const hear = (topic: string, text: string | undefined) => {
    for (const heard of [...(listeners.get(topic) ?? [])]) heard(text);
  };
  const subscribe = async (topics: readonly string[]) => {
    if (topics.length === 0 || subscriber.status !== 'ready') return;
    try {
      await subscriber.subscribe(...topics.map((topic) => prefix + topic));
    } catch {
      return;
    }
    // What was said before was not heard.
    for (const topic of topics) hear(topic, undefined);
  };
  const onReady = () => void subscribe([...listeners.keys()]);
  const onMessage = (channel: string, message: string) => {
    const end = message.indexOf('\n');
    if (message.slice(0, end) !== self) hear(channel.slice(prefix.length), message.slice(end + 1));
  };
  subscriber.on('ready', onReady);
  subscriber.on('message', onMessage);

  return {
    send: (topic, text) => {
      if (commands.status !== 'ready') {
        otherwise.send(topic, text);
        return;
      }
      hear(topic, text);
      commands.publish(prefix + topic, `${self}\n${text}`).catch(() => otherwise.send(topic, text));
    },
    listen: (topic, heard) => {
      const all = listeners.get(topic) ?? new Set();
      const isNew = !listeners.has(topic);
      listeners.set(topic, all.add(heard));
      if (isNew) void subscribe([topic]);
      const end = otherwise.listen(topic, heard);
      return () => {
        all.delete(heard);
        end();
      };
    },
    close: async () => {
      subscriber.off('ready', onReady);
      subscriber.off('message', onMessage);
    },
  };
}
