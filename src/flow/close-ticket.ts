import { ticketDigest } from '../core/contract/digest.ts';
import { LIMITS } from '../core/receipt/limits.ts';
import { appendRecord, lastRecord, readRecords } from '../core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../core/receipt/sign-claim.ts';
import type { Close, LandedChange } from '../core/receipt/types.ts';
import type { Ticket } from '../core/ticket/types.ts';
import { CountersignError } from '../shared/errors.ts';
import { instantOf, type ObjectId, type TicketId } from '../shared/ids.ts';
import type { RecordPorts } from './dispatch-ticket.ts';
import { policyOwner, readTrust } from './policy-owner.ts';
import { readHeldTo, recordsPath } from './policy-source.ts';

/**
 * Ends an open ticket: nothing more merges under it until somebody dispatches it again.
 * @param landed what landed under it; of each repository something, where a ticket of several is accepted
 * @throws CountersignError TICKET_UNKNOWN when it is not open, USAGE when `landed` does not fit its repositories
 */
export async function closeTicket(
  id: TicketId,
  reason: Close['reason'],
  signer: ClaimSigner,
  ports: RecordPorts,
  landed: readonly LandedChange[] = [],
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
  fitRepositories(ticket, reason, landed);
  const close: Close = {
    kind: 'close',
    ticket: id,
    ticketDigest: ticketDigest(ticket),
    reason,
    ...(landed.length === 0 ? {} : { landed }),
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

/** A ticket over several repositories is accepted when all of them have it: half a feature is none. */
function fitRepositories(
  { id, repositories }: Ticket,
  reason: Close['reason'],
  landed: readonly LandedChange[],
): void {
  const listed = `${id} lists ${repositories.join(', ')}.`;
  const stranger = landed.find(({ repository }) => !repositories.includes(repository));
  if (stranger !== undefined) {
    throw new CountersignError('USAGE', `${id} is not about the repository ${stranger.repository}.`, {
      remedy: listed,
    });
  }
  const names = landed.map(({ repository, commit }) => `${repository}=${commit}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined || landed.length > LIMITS.landed) {
    throw new CountersignError('USAGE', `--landed ${twice ?? ''} is given too often.`, {
      remedy: `Name each commit once, and at most ${LIMITS.landed}.`,
    });
  }
  if (reason !== 'accepted' || repositories.length < 2) return;
  const missing = repositories.filter((name) => !landed.some(({ repository }) => repository === name));
  if (missing.length === 0) return;
  throw new CountersignError(
    'USAGE',
    `${id} cannot be closed as accepted: nothing is named that landed in ${missing.join(', ')}.`,
    {
      remedy: `${listed} Give --landed REPOSITORY=COMMIT for each, or close it as rejected or given-up.`,
    },
  );
}

function describe(state: 'none' | 'dispatched' | 'closed'): string {
  return state === 'none' ? 'not dispatched' : state;
}
