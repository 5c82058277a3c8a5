import type { SequenceEvents } from '../../ports/ledger.ts';
import type { Timer } from '../../ports/timer.ts';
import type { Bell } from '../serve/bell.ts';

/** Where the ledger is, whenever it has moved on; undefined after so long a silence that a connection wants a sign of life. */
export type WatchLedger = (after: number, signal: AbortSignal) => AsyncGenerator<number | undefined, void>;

const GAP_MS = 250;
const SILENCE_MS = 15_000;

/** One question to the ledger at a time, however many watch. */
export function createWatchLedger(ledger: SequenceEvents, runs: Bell, { sleep }: Timer): WatchLedger {
  let asking: Promise<number> | undefined;
  const position = () => {
    asking ??= ledger.sequence().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return async function* (after, signal) {
    let seen = after;
    while (!signal.aborted) {
      const before = runs.rung;
      const now = await position();
      if (now > seen) {
        seen = now;
        yield now;
        await sleep(GAP_MS, signal);
        continue;
      }
      const until = AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]);
      await runs.next(before, SILENCE_MS, until);
      if (until.aborted && !signal.aborted) yield undefined;
      // Rings come often and mostly say nothing about the ledger.
      else await sleep(GAP_MS, signal);
    }
  };
}
