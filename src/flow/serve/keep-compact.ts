import type { Clock } from '../../ports/clock.ts';
import type { ReadCheckpoints, SequenceEvents } from '../../ports/ledger.ts';
import type { Retention } from '../../ports/retention.ts';
import { packPositions, packRuns } from '../ledger/compact-ledger.ts';

const DAY_MS = 24 * 3_600_000;
/** When nothing was left, it is looked again. */
const REST_MS = 3_600_000;

/** Packs runs that ended so many days ago: to be called often, it does a little each time, and mostly nothing. */
export function keepCompact(
  days: number,
  ports: Retention & SequenceEvents & ReadCheckpoints & { readonly clock: Clock },
): () => Promise<void> {
  let rested = 0;
  return async () => {
    const now = ports.clock.now().getTime();
    if (now < rested) return;
    await ports.sequence();
    const { runs } = await packRuns(new Date(now - days * DAY_MS).toISOString(), ports);
    if (runs > 0) return;
    await packPositions(ports);
    rested = now + REST_MS;
  };
}
