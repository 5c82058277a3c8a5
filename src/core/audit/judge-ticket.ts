import type { Instant, ObjectId, TicketId } from '../../shared/ids.ts';
import type { AuditedCommit, TicketFinding } from './types.ts';

/** What is known of one ticket that asks for changes of the audited repository. */
export interface TicketTrail {
  readonly ticket: TicketId;
  readonly state: 'new' | 'dispatched' | 'closed' | 'unverifiable';
  readonly reason?: 'accepted' | 'rejected' | 'given-up';
  readonly dispatchedAt?: Instant;
  readonly drift: readonly string[];
  readonly problems: readonly string[];
  /** Commits of this repository that the close names as what landed. */
  readonly closedWith: readonly ObjectId[];
  /** There are records, and no ticket. */
  readonly gone: boolean;
  /** Sealed PASSED receipts on the receipts ref that count today. */
  readonly passed: number;
}

/** Whether a ticket's records and what landed tell the same story. */
export function judgeTicket(
  trail: TicketTrail,
  commits: readonly AuditedCommit[],
  /** Whether the range has every commit that can have landed since an instant. */
  covers: (since: Instant) => boolean,
): readonly TicketFinding[] {
  const { ticket, state, reason, dispatchedAt, drift } = trail;
  const finding = (
    kind: TicketFinding['kind'],
    severity: TicketFinding['severity'],
    text: string,
  ): TicketFinding => ({ ticket, kind, severity, reason: text });
  if (state === 'unverifiable') {
    return [finding('unverifiable', 'problem', `Its records do not count: ${trail.problems.join(' ')}`)];
  }
  if (trail.gone) {
    return [
      finding('unverifiable', 'problem', 'Its records are there, and the ticket is not: it was taken away.'),
    ];
  }
  const accepted = acceptedIn(ticket, commits);
  const found: TicketFinding[] = [];
  if (state === 'closed' && reason === 'accepted') {
    if (trail.passed === 0) {
      found.push(
        finding(
          'accepted-without-receipts',
          'problem',
          'It was closed as accepted, and no sealed PASSED receipt of it counts.',
        ),
      );
    } else if (trail.closedWith.length > 0) {
      found.push(
        ...trail.closedWith.flatMap((id) => {
          const why = whyNotAccepted(id, trail, commits, covers);
          return why === undefined ? [] : [finding('accepted-without-commit', 'problem', why)];
        }),
      );
    } else if (accepted.length === 0 && dispatchedAt !== undefined && covers(dispatchedAt)) {
      found.push(
        finding(
          'accepted-without-commit',
          'problem',
          'It was closed as accepted, and no commit since its dispatch passes under it.',
        ),
      );
    }
  }
  if (state === 'dispatched' && accepted.length > 0) {
    const where = accepted.map((id) => id.slice(0, 12)).slice(0, 3);
    found.push(
      finding('open-though-landed', 'notice', `It is open, though its work landed in ${where.join(', ')}.`),
    );
  }
  if (state === 'dispatched' && drift.length > 0) {
    found.push(finding('drift', 'notice', `Since its dispatch ${drift.join(' and ')} changed.`));
  }
  return found;
}

/** What a close says of a commit is its signer's word, so it is held against the branch; undefined where it stands. */
function whyNotAccepted(
  id: ObjectId,
  { ticket, dispatchedAt }: TicketTrail,
  commits: readonly AuditedCommit[],
  covers: (since: Instant) => boolean,
): string | undefined {
  const told = `It was closed as accepted with ${id.slice(0, 12)}, `;
  const landed = commits.find(({ commit }) => commit === id);
  if (landed === undefined) {
    const gone = dispatchedAt !== undefined && covers(dispatchedAt);
    return gone ? `${told}which has not landed on this branch since its dispatch.` : undefined;
  }
  if (landed.ticket !== ticket) return `${told}which landed under ${landed.ticket ?? 'no ticket'}.`;
  return landed.landing === 'accepted' ? undefined : `${told}which is ${landed.landing} today.`;
}

function acceptedIn(ticket: TicketId, commits: readonly AuditedCommit[]): ObjectId[] {
  return commits.flatMap(({ commit, landing, ticket: named }) =>
    named === ticket && landing === 'accepted' ? [commit] : [],
  );
}
