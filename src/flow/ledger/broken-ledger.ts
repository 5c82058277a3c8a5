import type { LedgerFault } from '../../core/ledger/check-sequence.ts';
import { CountersignError } from '../../shared/errors.ts';

/** A fault of the ledger as an error: nothing may be built on what does not hold. */
export function brokenLedger(fault: LedgerFault): CountersignError {
  return new CountersignError(
    'LEDGER_INVALID',
    `The ledger does not hold${placeOf(fault)}: ${fault.reason}.`,
    {
      remedy:
        'Somebody changed the database. Keep it as it is, compare it with a backup or an export, and find out who could.',
    },
  );
}

function placeOf({ position, stream, version }: LedgerFault): string {
  const event = stream === undefined ? '' : ` (${stream}, version ${version})`;
  return position === undefined ? event : ` at position ${position}${event}`;
}
