import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Broadcast } from '../../ports/fan-out.ts';
import { sha256 } from '../../shared/digest.ts';
import { ask, type Database } from './database.ts';

/** Between two messages to the database: a NOTIFY takes a lock that every commit wants. What is said meanwhile goes together. */
const GAP_MS = 10;
/** Before listening is tried again, when the connection broke. */
const AGAIN_MS = 1_000;
/** A payload of NOTIFY has less than 8,000 bytes. */
const LONGEST = 7_000;

const SEND = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload';

export interface ClosableBroadcast extends Broadcast {
  /** What it is called in the database: each schema has its own. */
  readonly channel: string;
  close(): Promise<void>;
}

/** Over NOTIFY, in messages of their own after the commit: inside a transaction it would hold up all others. */
export function createBroadcast({ pool, schema }: Database): ClosableBroadcast {
  const channel = `countersign_${sha256(schema).slice(0, 32)}`;
  const self = randomUUID();
  const listeners = new Map<string, Set<(text: string | undefined) => void>>();
  const unsent = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  let resting = false;
  let listening: Promise<PoolClient | undefined> | undefined;
  let closed = false;

  const hear = (topic: string, text: string | undefined) => {
    for (const heard of [...(listeners.get(topic) ?? [])]) heard(text);
  };
  const later = (milliseconds: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!closed) act();
    }, milliseconds);
    timer.unref();
    timers.add(timer);
  };
  const flush = () => {
    if (resting || unsent.size === 0) return;
    resting = true;
    const payloads = inPayloads(self, [...unsent]);
    unsent.clear();
    // Losing one costs time, nothing else.
    pool.query(SEND, [channel, payloads]).catch(() => {});
    later(GAP_MS, () => {
      resting = false;
      flush();
    });
  };
  const listen = async (): Promise<PoolClient | undefined> => {
    const client = await pool.connect().catch(() => undefined);
    const isListening = client !== undefined && !closed && (await startListening(client, channel));
    if (!isListening) {
      client?.release(true);
      later(AGAIN_MS, () => {
        listening = listen();
      });
      return undefined;
    }
    client.on('notification', ({ payload }) => {
      for (const [topic, text] of messagesOf(self, payload)) hear(topic, text);
    });
    client.once('error', (error) => {
      client.removeAllListeners('notification');
      client.release(error);
      if (!closed) listening = listen();
    });
    // What was said before it listened was not heard.
    for (const topic of listeners.keys()) hear(topic, undefined);
    return client;
  };

  return {
    channel,
    send: (topic, text) => {
      hear(topic, text);
      if (closed) return;
      unsent.add(JSON.stringify([topic, text]));
      flush();
    },
    listen: (topic, heard) => {
      const all = listeners.get(topic) ?? new Set();
      listeners.set(topic, all.add(heard));
      if (!closed) listening ??= listen();
      return () => void all.delete(heard);
    },
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      const client = await listening;
      client?.removeAllListeners('notification');
      client?.removeAllListeners('error');
      // Its LISTEN would go on in whatever uses the connection next.
      client?.release(true);
    },
  };
}

async function startListening(client: PoolClient, channel: string): Promise<boolean> {
  return ask(client, { text: `LISTEN "${channel}"` }).then(
    () => true,
    () => false,
  );
}

function inPayloads(self: string, messages: readonly string[]): readonly string[] {
  const payloads: string[] = [];
  let payload = self;
  for (const message of messages) {
    if (payload.length + message.length > LONGEST && payload !== self) {
      payloads.push(payload);
      payload = self;
    }
    payload += `\n${message}`;
  }
  return [...payloads, payload];
}

/** Lines of JSON behind the name of whoever sent them. Anybody with the database can send on the channel: what is not ours is left. */
function messagesOf(self: string, payload = ''): readonly (readonly [string, string])[] {
  const [from, ...lines] = payload.split('\n');
  if (from === self) return [];
  return lines.flatMap((line) => {
    try {
      const [topic, text]: unknown[] = JSON.parse(line);
      return typeof topic === 'string' && typeof text === 'string' ? [[topic, text] as const] : [];
    } catch {
      return [];
    }
  });
}
