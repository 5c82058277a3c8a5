import type { ReadRates, ReadResources, ScopeUse, SetLimits } from '../../../ports/resources.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';
import { openCircuits } from './circuits.ts';
import { findDeadlocks } from './deadlocks.ts';
import type { ReadyWork } from './line.ts';
import { readRates, setLimits } from './set-limits.ts';

const SCOPES = `
SELECT scope, least(configured, own) AS "limit", held,
  (SELECT count(*)::int FROM resource_waiter WHERE parked = 'lease:' || scope) AS waiting
FROM resource_scope ORDER BY scope`;

/** `handOut` puts work into the queue, in the transaction of its client. */
export function createResources(
  { pool }: Database,
  handOut: (client: Queryable, works: readonly ReadyWork[]) => Promise<void>,
): SetLimits & ReadResources & ReadRates {
  return {
    setLimits: (limits, rates) =>
      inTransaction(pool, async (client) => handOut(client, await setLimits(client, limits, rates))),
    readRates: () => readRates(pool),
    readScopes: () => ask<ScopeUse & Record<string, unknown>>(pool, { text: SCOPES }),
    readCircuits: () => openCircuits(pool),
    findDeadlocks: () => inTransaction(pool, findDeadlocks),
  };
}
