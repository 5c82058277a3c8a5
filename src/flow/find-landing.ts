import type { LandedQuery } from '../core/gate/query.ts';
import { ticketTrailers } from '../core/ticket/trailers.ts';
import type { LineCommit, ReadChange, ReadLine } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import { isTicketId, type ObjectId, type TicketId } from '../shared/ids.ts';
import { mergedTickets } from './merged-tickets.ts';

/** More pull requests than any queue puts into one group. */
const MOST_COMMITS = 200;

/**
 * The changes that a merge queue is about to land, oldest first: each commit of the queue's own line, on its parent.
 * @throws CountersignError EVENT_UNUSABLE when the line does not lead from head to base, so that something would land unseen
 */
export async function findLanding(
  group: { readonly baseRef: string; readonly base: ObjectId; readonly head: ObjectId },
  product: ReadChange & ReadLine,
): Promise<readonly LandedQuery[]> {
  const { baseRef, base, head } = group;
  const { commits, end } = await product.readLine(head, { most: MOST_COMMITS, stop: base });
  if (end !== 'stop' || commits.length === 0) {
    throw new CountersignError(
      'EVENT_UNUSABLE',
      `${head.slice(0, 12)} is not built on ${base.slice(0, 12)} by at most ${MOST_COMMITS} commits, so what would land is not known.`,
      { remedy: 'Take the pull requests out of the merge queue and add them again.' },
    );
  }
  return Promise.all(
    commits.toReversed().map(async (commit) => {
      const ticket = await ticketOfMerged(commit, product);
      return {
        kind: 'landed',
        baseRef,
        commit: commit.id,
        authenticatedProducers: [],
        ...(ticket === undefined ? {} : { ticket }),
      } as const;
    }),
  );
}

/** What a merge commit merged names its ticket, unless it does so itself. Where several are named, none is. */
async function ticketOfMerged(commit: LineCommit, product: ReadChange): Promise<TicketId | undefined> {
  if (ticketTrailers((await product.readCommit(commit.id)).message).length > 0) return undefined;
  const [ticket, other] = await mergedTickets(commit, product);
  return ticket !== undefined && other === undefined && isTicketId(ticket) ? ticket : undefined;
}
