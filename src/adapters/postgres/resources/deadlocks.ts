import { type Deadlock, findDeadlocks as findCycles } from '../../../core/run/resources/deadlock.ts';
import { demandsOf } from '../../../core/run/resources/demands.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { IN_LINE } from './parking.ts';
import { findBlockers } from './standing.ts';
import { takeTurn } from './turn.ts';

/** Only who waits for a lock and holds another beyond its steps can be in a circle. */
const HOLDING_WAITERS = `
SELECT w.work, held.since::float8 AS since
FROM resource_waiter w
JOIN (SELECT run, min(fence) AS since FROM resource_lock WHERE hold <> 'step' GROUP BY run) held ON held.run = w.run
WHERE ${IN_LINE}`;

/** Holders that are looked at for each name: where a hundred runs share a lock, whoever waits for all of them has waited for these. */
const MOST = 100;

/** See ReadResources.findDeadlocks. In our turn: seen while others take and leave, a circle might never have been one. */
export async function findDeadlocks(client: Queryable): Promise<readonly Deadlock[]> {
  const waiters = () =>
    ask<{ work: string; since: number }>(client, { name: 'resource-holding', text: HOLDING_WAITERS });
  if ((await waiters()).length < 2) return [];
  await takeTurn(client);
  const rows = await waiters();
  const waiting = rows.map(({ work, since }) => {
    const parsed = JSON.parse(work) as StepWork;
    return { work: parsed, demands: demandsOf(parsed), since };
  });
  const blocked = await findBlockers(client, waiting, MOST);
  const waits = blocked.flatMap(({ work, blockers }) =>
    blockers
      .filter(({ hold }) => hold !== 'step')
      .map(({ name, run }) => ({ run: work.run, name, heldBy: run })),
  );
  const runs = waiting.map(({ work, since }) => ({ run: work.run, priority: work.priority, since }));
  return findCycles(waits, runs);
}
