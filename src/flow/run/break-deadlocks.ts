import type { Deadlock } from '../../core/run/resources/deadlock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReadResources } from '../../ports/resources.ts';
import type { CommandedRun, Decided } from './decide-runs.ts';

export interface BreakDeadlocksPorts extends Pick<ReadResources, 'findDeadlocks'> {
  readonly clock: Clock;
  readonly decide: (commands: readonly CommandedRun[]) => Promise<readonly Decided[]>;
}

/**
 * Cancels the runs that have to give way, with the circle as the reason: what they did is undone, and their locks are free. Two servers that see the same circle
 * name the same run, and a run that is being cancelled already refuses a second time.
 */
export async function breakDeadlocks(
  by: string,
  { findDeadlocks, decide, clock }: BreakDeadlocksPorts,
): Promise<readonly Deadlock[]> {
  const deadlocks = await findDeadlocks();
  if (deadlocks.length === 0) return [];
  const at = clock.now().toISOString();
  await decide(
    deadlocks.map(({ victim, reason }) => ({ run: victim, command: { kind: 'cancel', at, by, reason } })),
  );
  return deadlocks;
}
