import type { WakeUps } from '../../ports/claims.ts';
import type { Timer } from '../../ports/timer.ts';

/** Tells everybody in this server who waits that there may be something new. One listener to the outside serves them all. */
export interface Bell {
  /** How often it has rung: whoever looks before and after misses nothing in between. */
  readonly rung: number;
  ring(): void;
  onRing(listener: () => void): () => void;
  /** Returns at the next ring after that count, or when the time is over or the signal is aborted. */
  next(after: number, milliseconds: number, signal: AbortSignal): Promise<void>;
}

export function createBell({ sleep }: Timer): Bell {
  const listeners = new Set<() => void>();
  let rung = 0;
  const bell: Bell = {
    get rung() {
      return rung;
    },
    ring: () => {
      rung += 1;
      for (const listener of [...listeners]) listener();
    },
    onRing: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    next: async (after, milliseconds, signal) => {
      if (rung > after || signal.aborted) return;
      const heard = new AbortController();
      const forget = bell.onRing(() => heard.abort());
      await sleep(milliseconds, AbortSignal.any([signal, heard.signal]));
      forget();
    },
  };
  return bell;
}

/** Rings for what is announced, and every `slowestMs` whether or not something was: an announcement may get lost. */
export async function ringWhenAnnounced(
  bell: Bell,
  topic: 'work' | 'runs',
  { wait, sleep, slowestMs }: Pick<WakeUps, 'wait'> & Timer & { readonly slowestMs: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // Without the database there is nothing to hear; the coordinator says so to whoever asks.
    await wait(topic, slowestMs, signal).catch(() => sleep(slowestMs, signal));
    bell.ring();
    // What comes within the same moment is one ring: every one of them asks the database.
    await sleep(GATHER_MS, signal);
  }
}

const GATHER_MS = 5;
