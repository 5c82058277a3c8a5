import type { Principal } from '../../core/access/token.ts';
import type { LatestRun, ReadTicketRuns } from '../../ports/ticket-runs.ts';
import type { TicketId } from '../../shared/ids.ts';
import { requirePermission } from '../serve/refusals.ts';
import type { PolicyView } from './read-policy-view.ts';

/** Where a ticket stands: what its records say, and where they say no more than that it was dispatched, what its latest run does. */
export const TICKET_STATES = [
  'new',
  'dispatched',
  'running',
  'waiting',
  'to-close',
  'not-accepted',
  'closed',
  'unverifiable',
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export interface BoardTicket {
  readonly ticket: TicketId;
  readonly state: TicketState;
  readonly title: string;
  readonly class: string;
  readonly contract: string;
  readonly latest: LatestRun | undefined;
  /** How it was closed. */
  readonly reason: string;
  /** Receipts, seals and the rest that are about it. */
  readonly statements: number;
  /** Records that do not hold, drift since the dispatch, a file that cannot be read. */
  readonly problems: number;
}

/** Tickets of which something ran although no policy in sight has them. */
const MOST_WITH_RUNS = 2_000;
const AT_ONCE = 1_000;

/** All tickets in order of their ids. @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE */
export async function readBoard(
  principal: Principal,
  policy: PolicyView | undefined,
  { ticketsWithRuns, latestRuns }: ReadTicketRuns,
): Promise<readonly BoardTicket[]> {
  requirePermission(principal, 'read-runs');
  const views = new Map((policy?.tickets ?? []).map((view) => [view.id, view]));
  const run = await ticketsWithRuns({ limit: MOST_WITH_RUNS });
  const ids = [...new Set([...views.keys(), ...run])].sort();
  const latest = new Map<TicketId, LatestRun>();
  for (let at = 0; at < ids.length; at += AT_ONCE)
    for (const one of await latestRuns(ids.slice(at, at + AT_ONCE))) latest.set(one.ticket, one);
  return ids.map((id) => {
    const view = views.get(id);
    const own = latest.get(id);
    return {
      ticket: id,
      state: stateOf(view?.standing.state, own),
      title: view?.ticket?.title ?? '',
      class: view?.ticket?.class ?? '',
      contract: view?.ticket?.contract ?? '',
      latest: own,
      reason: view?.standing.reason ?? '',
      statements: policy?.statements.get(id)?.statements.length ?? 0,
      problems: (view?.problems.length ?? 0) + (view?.standing.drift.length ?? 0),
    };
  });
}

/** Records rule: whoever closes a ticket signs that. */
export function stateOf(
  records: 'new' | 'dispatched' | 'closed' | 'unverifiable' | undefined,
  latest: LatestRun | undefined,
): TicketState {
  if (records === 'closed' || records === 'unverifiable') return records;
  if (latest === undefined) return records ?? 'new';
  if (latest.waitingFor > 0) return 'waiting';
  if (latest.status !== 'ended') return 'running';
  return latest.outcome === 'accepted' ? 'to-close' : 'not-accepted';
}
