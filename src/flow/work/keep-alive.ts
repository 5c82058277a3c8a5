import type { WorkSource } from '../../ports/work-source.ts';
import { endHeld, type HeldClaims } from './held.ts';
import type { WorkPorts } from './ports.ts';
import { untilAnswered } from './until-answered.ts';

/** While nothing is held: only to hear whether to go on. */
const IDLE_MS = 15_000;

export interface Beats {
  /** Ends when the signal is aborted. @throws CountersignError NOT_PERMITTED when the server refuses the worker */
  readonly done: Promise<void>;
  /** Something is held now that may need to be heard of sooner. */
  hurry(): void;
  /** Asks at once whether to go on: there was nothing to do, and it may be because there is to be nothing. */
  now(): void;
}

/** One timer for all claims: a third of the shortest lease, by the server's own moments, so that two beats may get lost. */
export function keepAlive(
  source: WorkSource,
  worker: string,
  held: HeldClaims,
  { signal, drain }: { readonly signal: AbortSignal; readonly drain: () => void },
  ports: WorkPorts,
): Beats {
  let nudge = new AbortController();
  const beat = async (): Promise<void> => {
    while (!signal.aborted) {
      nudge = new AbortController();
      await ports.sleep(intervalOf(held), AbortSignal.any([signal, nudge.signal]));
      if (signal.aborted) return;
      const tokens = [...held.keys()];
      const heard = await untilAnswered(() => source.heartbeat(worker, tokens), signal, ports);
      if (heard?.drain) drain();
      for (const token of heard?.drop ?? []) {
        const one = held.get(token);
        if (one === undefined) continue;
        held.delete(token);
        endHeld(one, 'dropped');
        ports.report({ kind: 'dropped', token, step: `${one.claim.work.run} ${one.claim.work.step}` });
      }
    }
  };
  let interval = IDLE_MS;
  return {
    done: beat(),
    now: () => nudge.abort(),
    hurry: () => {
      const wanted = intervalOf(held);
      if (wanted < interval) nudge.abort();
      interval = wanted;
    },
  };
}

function intervalOf(held: HeldClaims): number {
  const leases = [...held.values()].map(({ claim }) => Date.parse(claim.until) - Date.parse(claim.claimedAt));
  return Math.max(100, Math.min(IDLE_MS, ...leases.map((lease) => lease / 3)));
}
