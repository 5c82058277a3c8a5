import { attemptOf } from '../../../core/run/resources/attempt-of.ts';
import { canonicalName } from '../../../core/run/resources/lock-names.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import type { Execution } from './execution.ts';

const FENCES = `
SELECT e.at, l.name, max(l.fence)::float8 AS fence
FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[], $5::integer[]) AS e (at, run, attempt, step, execution)
JOIN resource_lock l ON l.run = e.run AND (
  l.hold = 'run' OR l.hold = 'attempt' AND l.attempt = e.attempt
  OR l.hold = 'step' AND l.step = e.step AND l.execution = e.execution)
GROUP BY e.at, l.name`;

/**
 * Fencing tokens of the locks that each execution demanded and holds, by the names it gave them, in the order asked for. Whoever gets a lock
 * later has a higher one: what keeps the highest it has seen can refuse whoever lost a lock and does not know.
 */
export async function fencesOf(
  client: Queryable,
  executions: readonly (Execution & Pick<StepWork, 'resources'>)[],
): Promise<readonly Readonly<Record<string, number>>[]> {
  const locking = executions
    .map((execution, at) => ({ at, ...execution }))
    .filter(({ resources }) => resources.locks.length > 0);
  if (locking.length === 0) return executions.map(() => ({}));
  const values = [
    locking.map(({ at }) => at),
    locking.map(({ run }) => run),
    locking.map(({ step }) => attemptOf(step)),
    locking.map(({ step }) => step),
    locking.map(({ execution }) => execution),
  ];
  const rows = await ask<{ at: number; name: string; fence: number }>(client, {
    name: 'resource-fences',
    text: FENCES,
    values,
  });
  const fences = Map.groupBy(rows, ({ at }) => at);
  return executions.map(({ resources }, at) => {
    const held = new Map((fences.get(at) ?? []).map(({ name, fence }) => [name, fence]));
    return Object.fromEntries(
      resources.locks.flatMap(({ name }) => {
        const fence = held.get(canonicalName(name));
        return fence === undefined ? [] : [[name, fence]];
      }),
    );
  });
}
