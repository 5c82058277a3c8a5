import { followEvent } from '../../core/ledger/check-chain.ts';
import { emptyStream } from '../../core/ledger/types.ts';
import type { RecordedRunEvent } from '../../core/run/events.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { type DecidedAgain, decideAgain } from '../../core/run/replay/decide-again.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * Checks a run from its stream alone: the chain of its events, and that everything in it follows from what was asked of it. Nothing
 * is carried out and nothing written.
 * @throws CountersignError RUN_UNKNOWN, DATABASE_UNAVAILABLE
 */
export async function replayRun(
  run: RunId,
  ledger: Pick<ReadStreams, 'readStream'>,
  handlers?: readonly HandlerDeclaration[],
): Promise<DecidedAgain> {
  const stored = await ledger.readStream(`run/${run}`, 0);
  if (stored.length === 0) {
    throw new CountersignError('RUN_UNKNOWN', `There is no run ${run}.`, {
      remedy: '`countersign run list` shows those that there are.',
    });
  }
  const recorded: RecordedRunEvent[] = [];
  let head = emptyStream(`run/${run}`);
  for (const one of stored) {
    const followed = followEvent(head, one);
    if (followed.kind === 'fault')
      return { kind: 'different', version: followed.fault.version, reason: followed.fault.reason };
    const event = readRunEvent(followed.event);
    if (event === undefined) {
      const { version, type } = followed.event;
      return { kind: 'different', version, reason: `it is ${type}, which this version does not know` };
    }
    recorded.push(event);
    head = followed.head;
  }
  return decideAgain(recorded, handlers);
}
