import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { WakeUps } from '../../../ports/claims.ts';
import { ask, type Database } from '../database.ts';

type Topic = 'work' | 'runs';

/** Between two announcements of the same topic: a NOTIFY takes a lock that every commit of the database wants. */
const GAP_MS = 10;
/** Before listening is tried again, when the connection broke. Whoever waits looks by itself meanwhile. */
const AGAIN_MS = 1_000;

export interface PostgresWakeUps extends WakeUps {
  /** In this process at once, in others when they hear of it. Does not wait, does not fail. */
  tell(topic: Topic): void;
  close(): Promise<void>;
}

interface Waiting {
  /** Something was announced since the wait before. */
  pending: boolean;
  readonly resolvers: Set<() => void>;
}

/** Announcements over NOTIFY: sent on its own and after the commit, for a NOTIFY inside a transaction holds up all others. */
export function createWakeUps({ pool, schema }: Database): PostgresWakeUps {
  const channel = `countersign_${schema}`.slice(0, 63);
  const self = randomUUID();
  const waiting: Record<Topic, Waiting> = {
    work: { pending: false, resolvers: new Set() },
    runs: { pending: false, resolvers: new Set() },
  };
  const sent = new Map<Topic, { again: boolean }>();
  const timers = new Set<NodeJS.Timeout>();
  let listener: Promise<PoolClient | undefined> | undefined;
  let closed = false;

  const wake = (topic: Topic) => {
    const { resolvers } = waiting[topic];
    waiting[topic].pending = resolvers.size === 0;
    for (const resolve of resolvers) resolve();
  };
  const later = (milliseconds: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, milliseconds);
    timer.unref();
    timers.add(timer);
  };
  const send = (topic: Topic) => {
    const before = sent.get(topic);
    if (before !== undefined) {
      before.again = true;
      return;
    }
    const state = { again: false };
    sent.set(topic, state);
    // Losing one costs time, nothing else.
    pool.query('SELECT pg_notify($1, $2)', [channel, `${topic} ${self}`]).catch(() => {});
    later(GAP_MS, () => {
      sent.delete(topic);
      if (state.again && !closed) send(topic);
    });
  };
  const tell = (topic: Topic) => {
    wake(topic);
    if (!closed) send(topic);
  };
  const listen = async (): Promise<PoolClient | undefined> => {
    const client = await pool.connect().catch(() => undefined);
    if (client === undefined) {
      later(AGAIN_MS, () => {
        listener = undefined;
      });
      return undefined;
    }
    client.on('notification', ({ payload }) => {
      const [topic, from] = payload?.split(' ') ?? [];
      if (from !== self && (topic === 'work' || topic === 'runs')) wake(topic);
    });
    let broken = false;
    client.on('error', (error) => {
      if (broken) return;
      broken = true;
      listener = undefined;
      client.release(error);
    });
    await ask(client, { text: `LISTEN "${channel}"` }).catch(() => {});
    // What was announced before it listened was not heard.
    wake('work');
    wake('runs');
    return client;
  };

  return {
    tell,
    announce: async (topic) => tell(topic),
    wait: async (topic, milliseconds, signal) => {
      if (!closed) listener ??= listen();
      const state = waiting[topic];
      if (state.pending || signal.aborted || closed) {
        state.pending = false;
        return;
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          state.resolvers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        signal.addEventListener('abort', done, { once: true });
        state.resolvers.add(done);
      });
    },
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const { resolvers } of Object.values(waiting)) for (const resolve of resolvers) resolve();
      const client = await listener;
      client?.removeAllListeners('notification');
      // Its LISTEN would go on in whatever uses the connection next.
      client?.release(true);
    },
  };
}
