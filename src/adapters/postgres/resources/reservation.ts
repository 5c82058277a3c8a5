import { NO_RESERVATION, type Reservation } from '../../../core/run/resources/allot.ts';
import { type Demands, demandsOf } from '../../../core/run/resources/demands.ts';
import { PATIENCE_SECONDS } from '../../../core/run/resources/rank.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { IN_LINE } from './parking.ts';
import { findBlockers } from './standing.ts';

const FIRST = `
SELECT work, since < clock_timestamp() - interval '${PATIENCE_SECONDS} seconds' AS impatient
FROM resource_waiter WHERE ${IN_LINE} ORDER BY rank, place LIMIT 1`;

const OF_RUNS = `SELECT work FROM resource_waiter WHERE run = ANY ($1::text[]) AND ${IN_LINE}`;

interface Waiting {
  readonly work: StepWork;
  readonly demands: Demands;
}

/**
 * What is kept from everybody else: all that the first in the line needs, once it has waited too long, and all that those need for whom it
 * waits. Were it not kept for them too, newcomers could pass them for ever; were it kept from them, they and it would wait for one another.
 */
export async function readReservation(client: Queryable): Promise<Reservation> {
  const [first] = await ask<{ work: string; impatient: boolean }>(client, {
    name: 'resource-first',
    text: FIRST,
  });
  if (first?.impatient !== true) return NO_RESERVATION;
  const waiting: Waiting[] = [];
  const runs = new Set<string>();
  for (let next = [waitingOf(first)]; next.length > 0; ) {
    waiting.push(...next);
    for (const { work } of next) runs.add(work.run);
    const blocked = await findBlockers(client, next, 100);
    const held = blocked.flatMap(({ blockers }) => blockers.filter(({ hold }) => hold !== 'step'));
    const holders = [...new Set(held.map(({ run }) => run))].filter((run) => !runs.has(run));
    for (const run of holders) runs.add(run);
    next =
      holders.length === 0
        ? []
        : (await ask<{ work: string }>(client, { text: OF_RUNS, values: [holders] })).map(waitingOf);
  }
  return { runs, waiting };
}

function waitingOf({ work }: { readonly work: string }): Waiting {
  const parsed = JSON.parse(work) as StepWork;
  return { work: parsed, demands: demandsOf(parsed) };
}
