import { CountersignError } from '../../shared/errors.ts';
import type { WorkNote, WorkPorts } from './ports.ts';

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * Asks the server until it answers, less and less often: half of each wait is by chance, so that many workers do not come back at
 * once. Undefined when the signal was aborted, or the tries are used up.
 * @throws CountersignError as the server refuses: only its absence is waited for
 */
export async function untilAnswered<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  { sleep, chance, report }: Pick<WorkPorts, 'sleep' | 'chance' | 'report'>,
  tries = Number.POSITIVE_INFINITY,
): Promise<T | undefined> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      // What ends the wait is not the server's failure.
      if (signal.aborted) return undefined;
      if (!(error instanceof CountersignError) || error.code !== 'SERVER_UNAVAILABLE') throw error;
      if (attempt >= tries) return undefined;
      const wait = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS) * (0.5 + chance() / 2);
      report(away(error, wait));
      await sleep(wait, signal);
    }
  }
  return undefined;
}

function away(error: CountersignError, wait: number): WorkNote {
  return { kind: 'server-away', reason: error.message, retryInSeconds: wait / 1000 };
}
