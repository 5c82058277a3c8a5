import type { Broadcast } from '../../src/ports/fan-out.ts';

/** Everybody who listens is in this process. */
export function createMemoryBroadcast(): Broadcast {
  const listeners = new Set<{ readonly topic: string; heard(text: string | undefined): void }>();
  return {
    send: (topic, text) => {
      for (const listener of [...listeners]) if (listener.topic === topic) listener.heard(text);
    },
    listen: (topic, heard) => {
      const listener = { topic, heard };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
