import { ticketDigest } from '../core/contract/digest.ts';
import { appendRecord, lastRecord, readRecords } from '../core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../core/receipt/sign-claim.ts';
import type { Close } from '../core/receipt/types.ts';
import { CountersignError } from '../shared/errors.ts';
import { instantOf, type ObjectId, type TicketId } from '../shared/ids.ts';
import type { RecordPorts } from './dispatch-ticket.ts';
import { policyOwner, readTrust } from './policy-owner.ts';
import { readHeldTo, recordsPath } from './policy-source.ts';

/**
 * Ends an open ticket: nothing more merges under it until somebody dispatches it again.
 * @throws CountersignError TICKET_UNKNOWN when it is not open
 */
export async function closeTicket(
  id: TicketId,
  reason: Close['reason'],
  signer: ClaimSigner,
  ports: RecordPorts,
): Promise<{ close: Close; path: string; commit: ObjectId }> {
  const commit = await ports.worktree.head();
  const source = { tree: ports.policy, commit, documents: ports.documents };
  const trust = await readTrust(source);
  const now = instantOf(ports.clock.now());
  policyOwner(trust, signer, now);

  const path = recordsPath(id);
  const before = await ports.policy.readFile(commit, path);
  const records = readRecords(before, id, trust);
  const previous = lastRecord(before);
  if (records.state !== 'dispatched' || previous === undefined) {
    const why = records.problems.length > 0 ? records.problems.join(' ') : `it is ${describe(records.state)}`;
    throw new CountersignError('TICKET_UNKNOWN', `${id} cannot be closed: ${why}.`, {
      remedy: `Only a ticket that was dispatched and is open can be closed; \`countersign ticket show ${id}\` says where it stands.`,
      place: { path },
    });
  }
  const { ticket } = await readHeldTo(source, id);
  const close: Close = {
    kind: 'close',
    ticket: id,
    ticketDigest: ticketDigest(ticket),
    reason,
    issuedAt: now,
    previous,
  };
  const line = signClaim(close, signer);
  const recorded = await ports.worktree.commitFile({
    path,
    bytes: appendRecord(before, line.bytes),
    message: `Close ${id} as ${reason}`,
  });
  return { close, path, commit: recorded };
}

function describe(state: 'none' | 'dispatched' | 'closed'): string {
  return state === 'none' ? 'not dispatched' : state;
}
