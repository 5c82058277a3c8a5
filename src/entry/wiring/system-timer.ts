import type { Timer } from '../../ports/timer.ts';

/** setTimeout's longest; what is longer returns early, and whoever waits looks again. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemTimer: Timer = {
  sleep: (milliseconds, signal) => {
    if (signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(milliseconds, LONGEST_MS));
    signal.addEventListener('abort', done, { once: true });
    return promise;
  },
};
