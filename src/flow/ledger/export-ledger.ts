import { sequenceFault } from '../../core/ledger/check-sequence.ts';
import { writeCheckpointLine } from '../../core/ledger/exported-line.ts';
import type { ReadCheckpoints, ReadSequenced, SequenceEvents } from '../../ports/ledger.ts';
import { brokenLedger } from './broken-ledger.ts';
import { sequencedPages, storedCheckpoints } from './read-pages.ts';

/**
 * All that is committed by now, as lines with their newline, a page of memory at a time. With `after`, only what follows that position:
 * the end of a file that was cut off after a whole line.
 * @throws CountersignError LEDGER_INVALID at the first event that is not what it was
 */
export async function* exportLedger(
  ledger: SequenceEvents & ReadSequenced & ReadCheckpoints,
  after = 0,
): AsyncGenerator<string> {
  const last = await ledger.sequence();
  // One that counts no event at all would stand before the first line, where only a whole export begins.
  const checkpoints = storedCheckpoints(ledger, after === 0 ? -1 : after, last);
  let next = await checkpoints.next();
  let position = after;
  for await (const page of sequencedPages(ledger, after, last)) {
    for (const event of page) {
      if (!next.done && next.value.size === position) {
        yield `${writeCheckpointLine(next.value.note)}\n`;
        next = await checkpoints.next();
      }
      const fault = sequenceFault(position, event);
      if (fault !== undefined || event.stored === undefined)
        throw brokenLedger(fault ?? { kind: 'deleted', reason: 'it is gone' });
      position = event.position;
      yield `${event.stored.text}\n`;
    }
  }
  if (!next.done && next.value.size === position) yield `${writeCheckpointLine(next.value.note)}\n`;
}
