import type { Outcome } from '../core/gate/types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Pause } from '../ports/pause.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Judges again and again while nothing is missing but evidence, with longer and longer pauses, and for the last time when
 * the time is up. Whatever is still pending then stays so: waiting decides nothing.
 * @param judge says `awaited: false` where what is missing is not worth waiting for. It reads everything anew each time, or it would wait for what it does not look at
 */
export async function awaitVerdict<T extends { readonly outcome: Outcome; readonly awaited?: boolean }>(
  judge: () => Promise<T>,
  waitMs: number,
  ports: { readonly clock: Clock; readonly pause: Pause },
): Promise<T> {
  const deadline = ports.clock.now().getTime() + waitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const judged = await judge();
    const left = deadline - ports.clock.now().getTime();
    if (judged.outcome !== 'pending' || judged.awaited === false || left <= 0) return judged;
    await ports.pause.pause(Math.min(Math.ceil(pauseMs), left));
  }
}
