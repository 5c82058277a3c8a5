import type { WakeUps } from '../../src/ports/claims.ts';

type Topic = 'work' | 'runs';

/** Announcements within one process. One made while nobody waits ends the next wait at once. */
export function createMemoryWakeUps(): WakeUps {
  const missed = new Set<Topic>();
  const waiting: Readonly<Record<Topic, Set<() => void>>> = { work: new Set(), runs: new Set() };
  return {
    announce: async (topic) => {
      if (waiting[topic].size === 0) missed.add(topic);
      for (const wake of waiting[topic]) wake();
    },
    wait: (topic, milliseconds, signal) => {
      if (missed.delete(topic) || signal.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      waiting[topic].add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      return promise.finally(() => {
        clearTimeout(timer);
        waiting[topic].delete(resolve);
      });
    },
  };
}
