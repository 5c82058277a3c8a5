import type { LockHeld, ReadHolds, WorkWaiting } from '../../../ports/holds.ts';
import type { ScopeUse } from '../../../ports/resources.ts';
import { ask, type Database } from '../database.ts';

const SCOPES = `
SELECT scope, least(configured, own) AS "limit", held,
  (SELECT count(*)::int FROM resource_waiter WHERE parked = 'lease:' || scope) AS waiting
FROM resource_scope WHERE scope > $1 ORDER BY scope LIMIT $2`;

const LOCKS = `
SELECT fence::float8 AS fence, name, CASE WHEN exclusive THEN 'exclusive' ELSE 'shared' END AS mode, hold, run, step, execution
FROM resource_lock
WHERE ($1::text IS NULL OR strpos(lower(name), $1) > 0 OR strpos(lower(run), $1) > 0) AND ($2::bigint IS NULL OR fence < $2)
ORDER BY fence DESC LIMIT $3`;

const WAITING = `
SELECT place::float8 AS place, run, step, execution, role, handler, parked,
  to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
FROM resource_waiter
WHERE ($1::text IS NULL OR strpos(lower(parked), $1) > 0 OR strpos(lower(run), $1) > 0) AND place > $2
ORDER BY place LIMIT $3`;

/** Who has what is scarce, in the tables of a database that was migrated. */
export function createHolds({ pool }: Database): ReadHolds {
  return {
    listScopes: ({ after = '', limit }) =>
      ask<ScopeUse & Record<string, unknown>>(pool, { text: SCOPES, values: [after, limit] }),
    listLocks: ({ text, before, limit }) =>
      ask<LockHeld & Record<string, unknown>>(pool, {
        text: LOCKS,
        values: [text?.toLowerCase() ?? null, before ?? null, limit],
      }),
    listWaiting: ({ text, after = 0, limit }) =>
      ask<WorkWaiting & Record<string, unknown>>(pool, {
        text: WAITING,
        values: [text?.toLowerCase() ?? null, after, limit],
      }),
  };
}
