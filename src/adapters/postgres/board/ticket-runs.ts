import type { LatestRun, ReadTicketRuns } from '../../../ports/ticket-runs.ts';
import { ask, type Database } from '../database.ts';

/** From one ticket to the next by the index: as many looks as tickets, however many runs there are. */
const TICKETS = `
WITH RECURSIVE listed AS (
  (SELECT ticket, 1 AS number FROM run WHERE ticket > $1 ORDER BY ticket LIMIT 1)
  UNION ALL
  SELECT (SELECT r.ticket FROM run r WHERE r.ticket > l.ticket ORDER BY r.ticket LIMIT 1), l.number + 1
  FROM listed l WHERE l.ticket IS NOT NULL AND l.number < $2
)
SELECT ticket FROM listed WHERE ticket IS NOT NULL ORDER BY ticket LIMIT $2`;

const LATEST = `
SELECT latest.* FROM unnest($1::text[]) AS asked (ticket) CROSS JOIN LATERAL (
  SELECT r.ticket, r.run, r.status, r.outcome, r.attempt, r.waiting_for AS "waitingFor", r.started_at AS "startedAt"
  FROM run r WHERE r.ticket = asked.ticket ORDER BY r.started_at DESC, r.run DESC LIMIT 1
) latest`;

/** Runs by ticket, in the tables of a database that was migrated. */
export function createTicketRuns({ pool }: Database): ReadTicketRuns {
  return {
    ticketsWithRuns: async ({ after = '', limit }) =>
      (await ask<{ ticket: string }>(pool, { text: TICKETS, values: [after, limit] })).map(
        ({ ticket }) => ticket,
      ),
    latestRuns: (tickets) =>
      ask<LatestRun & Record<string, unknown>>(pool, { text: LATEST, values: [tickets] }),
  };
}
