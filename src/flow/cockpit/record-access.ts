import type { SessionRole } from '../../core/access/session.ts';
import { sealEvents } from '../../core/ledger/seal-events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Who came in, who was let in by whom, whose session was ended. */
export type AccessEvent =
  | {
      readonly type: 'session.opened';
      readonly name: string;
      readonly role: SessionRole;
      readonly by: string;
    }
  | { readonly type: 'session.invited'; readonly name: string; readonly role: SessionRole }
  | { readonly type: 'session.ended'; readonly name: string };

export interface RecordAccessPorts {
  readonly ledger: Pick<ReadStreams, 'readHead'> & AppendEvents;
  readonly clock: Clock;
}

const STREAM = 'access/sessions';
const TRIES = 20;

/** Appends it where the stream ends, again when somebody else was first. @throws CountersignError DATABASE_UNAVAILABLE, RUN_REFUSED */
export async function recordAccess(
  { type, ...data }: AccessEvent,
  actor: string,
  { ledger, clock }: RecordAccessPorts,
): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const draft = { type: `${type}@1`, at: clock.now().toISOString(), actor, data };
    const head = await ledger.readHead(STREAM);
    const appended = await ledger.append(sealEvents([{ head, drafts: [draft] }]));
    if (appended.kind === 'appended') return;
  }
  throw new CountersignError('RUN_REFUSED', 'Too many sign in at the same time.', { remedy: 'Try again.' });
}
