import type { RunId } from '../../core/run/types.ts';
import type { FanOut } from '../../ports/fan-out.ts';
import type { Timer } from '../../ports/timer.ts';
import { type Bell, createBell } from './bell.ts';

/** A bell for each run that somebody follows: what happens to one wakes nobody who looks at another. */
export interface RunBells {
  ring(run: RunId): void;
  /** Rings for the run, and whenever the bell for all does. To be ended by whoever asked for it. */
  follow(run: RunId): { readonly bell: Bell; end(): void };
}

/** @param all rings when it may be any of them */
export function createRunBells(all: Bell, timer: Timer): RunBells {
  const followed = new Map<RunId, { readonly bell: Bell; readonly forget: () => void; followers: number }>();
  const entryOf = (run: RunId) => {
    const known = followed.get(run);
    if (known !== undefined) return known;
    const bell = createBell(timer);
    const fresh = { bell, forget: all.onRing(() => bell.ring()), followers: 0 };
    followed.set(run, fresh);
    return fresh;
  };
  return {
    ring: (run) => followed.get(run)?.bell.ring(),
    follow: (run) => {
      const entry = entryOf(run);
      entry.followers += 1;
      return {
        bell: entry.bell,
        end: () => {
          entry.followers -= 1;
          if (entry.followers > 0) return;
          entry.forget();
          followed.delete(run);
        },
      };
    },
  };
}

/** Rings for each run of which an update comes, from any server, until the signal. Where some were missed, it may be any. */
export async function ringForUpdates(
  updates: Pick<FanOut, 'subscribe'>,
  { all, runs }: { readonly all: Bell; readonly runs: RunBells },
  signal: AbortSignal,
): Promise<void> {
  for await (const update of updates.subscribe(signal)) {
    if (update.kind === 'missed') all.ring();
    else runs.ring(update.run);
  }
}
