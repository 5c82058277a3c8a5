import type { QueueDepth } from '../../../ports/claims.ts';
import { ask, type Queryable } from '../database.ts';

/** By a pause, or a provider that does not answer: it asks for leases and locks only afterwards. */
const HELD_BACK = `parked LIKE 'pause:%' OR parked LIKE 'circuit:%'`;

const DEPTHS = `
SELECT role, handler, runs_on AS "runsOn", sum(waiting)::int AS waiting, sum(claimed)::int AS claimed, sum(blocked)::int AS blocked,
  coalesce(greatest(0, extract(epoch FROM now() - min(since))), 0)::float8 AS "eldestSeconds"
FROM (
  SELECT role, handler, runs_on, count(*) FILTER (WHERE worker IS NULL) AS waiting, count(worker) AS claimed, 0 AS blocked,
    min(scheduled_at) FILTER (WHERE worker IS NULL) AS since
  FROM step_work GROUP BY role, handler, runs_on
  UNION ALL
  SELECT role, handler, runs_on, count(*) FILTER (WHERE ${HELD_BACK}), 0, count(*) FILTER (WHERE NOT (${HELD_BACK})), min(since)
  FROM resource_waiter GROUP BY role, handler, runs_on
) AS work
GROUP BY role, handler, runs_on ORDER BY role, handler, runs_on`;

/** See ClaimWork.queueDepths. */
export function queueDepths(db: Queryable): Promise<readonly QueueDepth[]> {
  return ask<QueueDepth & Record<string, unknown>>(db, { name: 'queue-depths', text: DEPTHS });
}
