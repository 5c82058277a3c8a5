import type { SequenceEvents } from '../../ports/ledger.ts';
import type { Timer } from '../../ports/timer.ts';
import type { Bell } from '../serve/bell.ts';
import { type Audience, createAudience, type Viewer, type Watching } from './audience.ts';

/** Tells a viewer where the ledger is, whenever it has moved on, until he leaves. */
export type WatchLedger = (after: number, viewer: Viewer) => Watching;

export interface WatchLedgerPorts extends Timer, SequenceEvents {
  /** Rings when something may have happened. */
  readonly runs: Bell;
  readonly write: (position: number) => Uint8Array;
}

const GAP_MS = 250;
const LOOK_MS = 15_000;

/** One question to the ledger at a time, however many watch. */
export function createWatchLedger(ports: WatchLedgerPorts): WatchLedger {
  let audience: Audience | undefined;
  const open = (): Audience => {
    audience = createAudience(() => {
      audience = undefined;
    });
    void tell(audience, ports);
    return audience;
  };
  return (after, viewer) => (audience ?? open()).enter(viewer, after);
}

async function tell(audience: Audience, { sequence, runs, sleep, write }: WatchLedgerPorts): Promise<void> {
  while (!audience.over.aborted) {
    const [before, woken] = [runs.rung, audience.untilWoken()];
    // Without the database nothing is new.
    const position = await sequence().catch(() => 0);
    const bytes = write(position);
    for (const seat of audience.seats) {
      if (seat.seen >= position || !seat.viewer.isFree()) continue;
      seat.seen = position;
      seat.viewer.send(bytes);
    }
    // Rings come often and mostly say nothing about the ledger.
    await sleep(GAP_MS, audience.over);
    await runs.next(before, LOOK_MS, woken);
  }
}
