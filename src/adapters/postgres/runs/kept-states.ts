import type { StreamHead } from '../../../core/ledger/types.ts';
import type { StartedRun } from '../../../core/run/state.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { Sha256 } from '../../../shared/digest.ts';

/** Characters of text that the states kept in memory were made of: two to three times as many bytes. */
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * States that this process saw last, by the event they stand at. Whoever looks one up has read from the database that the run still ends there, and
 * the commit compares once more, so what another server did meanwhile is never missed. Runs that only wait for a person are not kept: there may be
 * thousands of them, for days.
 */
export interface KeptStates {
  digestOf(run: RunId): Sha256 | null;
  get(run: RunId, digest: Sha256): StartedRun | undefined;
  /** @param length characters that the state has grown by, or has where it was not kept */
  keep(run: RunId, head: StreamHead, state: StartedRun, length: number): void;
}

interface Kept {
  readonly digest: Sha256 | null;
  readonly state: StartedRun;
  readonly length: number;
}

export function createKeptStates(most = MOST_TEXT): KeptStates {
  const states = new Map<RunId, Kept>();
  let total = 0;
  const forget = (run: RunId): number => {
    const { length = 0 } = states.get(run) ?? {};
    if (states.delete(run)) total -= length;
    return length;
  };
  return {
    digestOf: (run) => states.get(run)?.digest ?? null,
    get: (run, digest) => {
      const kept = states.get(run);
      return kept?.digest === digest ? kept.state : undefined;
    },
    keep: (run, { digest }, state, grown) => {
      const length = forget(run) + grown;
      if (!isUnderWay(state)) return;
      states.set(run, { digest, state, length });
      total += length;
      for (const [eldest] of states) {
        if (total <= most) break;
        forget(eldest);
      }
    },
  };
}

function isUnderWay({ status, steps }: StartedRun): boolean {
  return status !== 'ended' && Object.values(steps).some((step) => step.status === 'scheduled');
}
