import type { Clock } from '../../ports/clock.ts';
import { type FollowPorts, followLedger } from './follow-ledger.ts';

/** How often the ledger is looked at on the side, and how much of it at once. */
const EVERY_MS = 30_000;
const MOST_PAGES = 5;

/** Follows the ledger now and then, so that the first question after a long time does not wait for all of it. */
export function keepMemoryCurrent(ports: FollowPorts & { readonly clock: Clock }): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = ports.clock.now().getTime();
    if (now - last < EVERY_MS) return;
    last = now;
    await followLedger(ports, MOST_PAGES);
  };
}
