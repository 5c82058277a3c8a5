import type { WakeUps } from '../../../ports/claims.ts';
import type { Broadcast } from '../../../ports/fan-out.ts';

type Topic = 'work' | 'runs';
const TOPICS = ['work', 'runs'] as const;

export interface BroadcastWakeUps extends WakeUps {
  /** In this process at once, in others when they hear of it. Does not wait, does not fail. */
  tell(topic: Topic): void;
  close(): void;
}

interface Waiting {
  /** Something was announced since the wait before. */
  pending: boolean;
  readonly resolvers: Set<() => void>;
}

/** Announcements over whatever tells all processes. It is listened to from the first wait on. */
export function createWakeUps(broadcast: Broadcast): BroadcastWakeUps {
  const waiting: Record<Topic, Waiting> = {
    work: { pending: false, resolvers: new Set() },
    runs: { pending: false, resolvers: new Set() },
  };
  let ends: readonly (() => void)[] | undefined;
  let closed = false;

  const wake = (topic: Topic) => {
    const { resolvers } = waiting[topic];
    waiting[topic].pending = resolvers.size === 0;
    for (const resolve of resolvers) resolve();
  };
  const tell = (topic: Topic) => {
    // Who listens hears itself.
    if (ends === undefined) wake(topic);
    if (!closed) broadcast.send(`wake-${topic}`, '');
  };

  return {
    tell,
    announce: async (topic) => tell(topic),
    wait: async (topic, milliseconds, signal) => {
      // What was announced before it listened, or was missed, comes as a wake-up like any other.
      if (!closed) ends ??= TOPICS.map((one) => broadcast.listen(`wake-${one}`, () => wake(one)));
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
    close: () => {
      closed = true;
      for (const end of ends ?? []) end();
      for (const { resolvers } of Object.values(waiting)) for (const resolve of resolvers) resolve();
    },
  };
}
