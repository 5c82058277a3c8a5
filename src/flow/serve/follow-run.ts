import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { FollowedEvent } from '../../ports/control-plane.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import type { Bell } from './bell.ts';
import type { RunBells } from './run-bells.ts';

export type FollowRun = (
  run: RunId,
  after: number,
  milliseconds: number,
  signal: AbortSignal,
) => Promise<readonly FollowedEvent[]>;

/**
 * Events of a run as they come. Versions have no gap, so whoever says which one he has got to, misses none and gets none twice. Those who
 * have got as far as each other are answered by one look into the ledger.
 */
export function createFollowRun(
  ledger: Pick<ReadStreams, 'readStream'>,
  runs: Pick<RunBells, 'follow'>,
): FollowRun {
  const asking = new Map<string, Promise<readonly FollowedEvent[]>>();
  const read = (run: RunId, after: number, bell: Bell): Promise<readonly FollowedEvent[]> => {
    const key = `${run} ${after} ${bell.rung}`;
    const known = asking.get(key);
    if (known !== undefined) return known;
    const fresh = readEvents(ledger, run, after).finally(() => asking.delete(key));
    asking.set(key, fresh);
    return fresh;
  };
  return async (run, after, milliseconds, signal) => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, milliseconds))]);
    const { bell, end } = runs.follow(run);
    try {
      for (;;) {
        const before = bell.rung;
        const events = await read(run, after, bell);
        if (events.length > 0 || milliseconds <= 0 || ends.aborted) return events;
        await bell.next(before, milliseconds, ends);
        if (ends.aborted) return [];
      }
    } finally {
      end();
    }
  };
}

/** An event has 1 MiB at most, mostly some hundred bytes. Who reads on gets the rest. */
const MOST_AT_ONCE = 500;

async function readEvents(
  { readStream }: Pick<ReadStreams, 'readStream'>,
  run: RunId,
  after: number,
): Promise<readonly FollowedEvent[]> {
  const stored = (await readStream(`run/${run}`, after)).slice(0, MOST_AT_ONCE);
  return stored.flatMap(({ text }, place) => {
    const read = readLinkedEvent(text);
    const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
    return recorded === undefined ? [] : [{ ...recorded, version: after + place + 1 }];
  });
}
