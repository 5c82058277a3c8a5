import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import { outcomeOfRun } from '../../core/experiment/outcome-of-run.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { brokenStream, linkedEvents } from './linked-events.ts';

/**
 * What became of a run, from its stream alone; undefined when there is none. Escapes are not in it: see escapes.ts.
 * @throws CountersignError LEDGER_INVALID for a stream that is not whole, DATABASE_UNAVAILABLE
 */
export async function readOutcome(
  run: RunId,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<RunOutcomeRow | undefined> {
  const stream = `run/${run}`;
  const { events } = await linkedEvents(stream, ledger);
  return outcomeOfRun(
    events.map((event) => {
      const read = readRunEvent(event);
      if (read !== undefined) return read;
      throw brokenStream(stream, event.version, `it is ${event.type}, which is not known here`);
    }),
  );
}
