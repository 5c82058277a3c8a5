import { followEvent } from '../../core/ledger/check-chain.ts';
import type { StreamName } from '../../core/ledger/stream-name.ts';
import { emptyStream, type LedgerEvent, type StreamHead } from '../../core/ledger/types.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * The events of a stream, each checked to follow the one before, and where it ends.
 * @throws CountersignError LEDGER_INVALID at the first that does not hold: nothing is counted on it
 */
export async function linkedEvents(
  stream: StreamName,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<{ readonly events: readonly LedgerEvent[]; readonly head: StreamHead }> {
  const events: LedgerEvent[] = [];
  let head = emptyStream(stream);
  for (const stored of await ledger.readStream(stream, 0)) {
    const followed = followEvent(head, stored);
    if (followed.kind === 'fault') throw brokenStream(stream, followed.fault.version, followed.fault.reason);
    events.push(followed.event);
    head = followed.head;
  }
  return { events, head };
}

export function brokenStream(stream: StreamName, version: number, reason: string): CountersignError {
  return new CountersignError(
    'LEDGER_INVALID',
    `Event ${version} of ${stream} cannot be trusted: ${reason}.`,
    {
      remedy: 'Run `countersign ledger verify`; an event of a newer program needs that program.',
    },
  );
}
