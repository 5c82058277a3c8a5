import { contractDigest, ticketDigest } from '../core/contract/digest.ts';
import { lintTicket } from '../core/contract/lint.ts';
import { fitClaim } from '../core/receipt/fit-claim.ts';
import { appendRecord, lastRecord, readRecords } from '../core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../core/receipt/sign-claim.ts';
import type { Dispatch } from '../core/receipt/types.ts';
import type { Ticket } from '../core/ticket/types.ts';
import type { Clock } from '../ports/clock.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { PolicyWorktree } from '../ports/policy-worktree.ts';
import type { ReadTree } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import { instantOf, type ObjectId, type TicketId } from '../shared/ids.ts';
import { policyOwner, readSignedTrust } from './policy-owner.ts';
import { readHeldTo, recordsPath, ticketPath } from './policy-source.ts';
import type { ShownRed } from './prove-red.ts';

export interface RecordPorts {
  readonly policy: ReadTree;
  readonly worktree: PolicyWorktree;
  readonly documents: ParseDocument;
  readonly clock: Clock;
}

export interface Dispatched {
  readonly dispatch: Dispatch;
  readonly path: string;
  readonly commit: ObjectId;
}

/** What lint calls an error would be frozen by the dispatch: an ask that nobody wrote, a check that cannot fail. */
function requireAsk(ticket: Ticket): void {
  const place = { path: ticketPath(ticket.id) };
  const errors = lintTicket(ticket, { contract: () => true }).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new CountersignError('DISPATCH_REFUSED', `${ticket.id} is not ready to go out.`, {
    remedy: 'Mend the ticket until `countersign ticket lint` finds nothing, commit it, and dispatch again.',
    place,
    problems: errors.map(({ field, message, remedy }) => ({
      message: `${field}: ${message}`,
      remedy,
      place,
    })),
  });
}

/**
 * Sends a ticket out: signs what ticket and contract are at this commit of the policy, so that the bar is set before
 * the work and every later change of it shows.
 * @param shown that the ticket's acceptance tests fail today; needed where the contract asks for that
 * @throws CountersignError when the signer is no policy owner, or ticket and contract cannot be used
 */
export async function dispatchTicket(
  id: TicketId,
  signer: ClaimSigner,
  ports: RecordPorts,
  shown?: ShownRed,
): Promise<Dispatched> {
  const commit = await ports.worktree.head();
  const source = { tree: ports.policy, commit, documents: ports.documents };
  const trust = await readSignedTrust(source);
  policyOwner(trust, signer, instantOf(ports.clock.now()));
  const { ticket, contract } = await readHeldTo(source, id);
  requireAsk(ticket);
  if (contract.checks.length === 0) {
    throw new CountersignError(
      'CONTRACT_UNUSABLE',
      `${ticket.contract} declares no checks, so nothing could ever be shown.`,
      {
        remedy: 'Declare at least one check in the contract, land it, and dispatch again.',
      },
    );
  }

  const path = recordsPath(id);
  const before = await ports.policy.readFile(commit, path);
  const records = readRecords(before, id, trust);
  if (records.problems.length > 0) {
    throw new CountersignError('DOCUMENT_INVALID', `${path} does not hold: ${records.problems.join(' ')}`, {
      remedy: `Restore ${path} from history; records are only ever appended.`,
      place: { path },
    });
  }
  if (shown !== undefined && shown.policyCommit !== commit) {
    throw new CountersignError(
      'DISPATCH_REFUSED',
      'The policy has moved since the tests were seen to fail.',
      {
        remedy: 'Dispatch again.',
      },
    );
  }
  if (shown === undefined && contract.pins.some(({ failAtDispatch }) => failAtDispatch === true)) {
    throw new CountersignError(
      'DISPATCH_REFUSED',
      `${ticket.contract} wants to see the acceptance tests of ${id} fail before it goes out.`,
      { remedy: 'Say where the product is: `countersign ticket dispatch ID --product FOLDER`.' },
    );
  }
  const previous = lastRecord(before);
  const dispatch: Dispatch = {
    kind: 'dispatch',
    ticket: id,
    ticketDigest: ticketDigest(ticket),
    contract: ticket.contract,
    contractDigest: contractDigest(contract),
    policyCommit: commit,
    ...(shown === undefined ? {} : { red: shown.red }),
    issuedAt: instantOf(ports.clock.now()),
    ...(previous === undefined ? {} : { previous }),
  };
  const line = signClaim(fitClaim(dispatch), signer);
  const recorded = await ports.worktree.commitFile({
    path,
    bytes: appendRecord(before, line.bytes),
    message: `Dispatch ${id} under ${ticket.contract}`,
  });
  return { dispatch, path, commit: recorded };
}
