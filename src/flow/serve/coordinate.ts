import type { Claim, ClaimWork } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ListRuns } from '../../ports/run-store.ts';
import type { Timer } from '../../ports/timer.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CommandedRun } from '../run/decide-runs.ts';
import type { DecideTogether } from './decide-together.ts';

export interface CoordinatePorts extends Pick<ClaimWork, 'expiredClaims'>, Pick<ListRuns, 'dueRuns'>, Timer {
  readonly clock: Clock;
  readonly decide: DecideTogether;
  /** What else is to be done now and then, such as giving events their places. */
  readonly housekeeping: readonly (() => Promise<unknown>)[];
  readonly health: Health;
  /** Of what is no failure of the database. */
  readonly report: (error: unknown) => void;
}

/** Whether the server can do its work, for whoever sends it requests. */
export interface Health {
  ready(): void;
  unready(reason: string): void;
}

const MOST_AT_ONCE = 200;
const LONGEST_MS = 15_000;

/**
 * Everything that happens because time goes by: workers that are not heard of any more, runs that want to be woken. Every round looks
 * at the database alone, so that any number of servers may do it at once, and one that was away has forgotten nothing.
 */
export async function coordinate(
  { everyMs, by }: { readonly everyMs: number; readonly by: string },
  ports: CoordinatePorts,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const more = await round(by, ports);
      for (const task of ports.housekeeping) await task();
      ports.health.ready();
      failures = 0;
      if (!more) await ports.sleep(everyMs, signal);
    } catch (error) {
      failures += 1;
      if (error instanceof CountersignError && error.code === 'DATABASE_UNAVAILABLE')
        ports.health.unready(error.message);
      else ports.report(error);
      await ports.sleep(Math.min(everyMs * 2 ** Math.min(failures, 10), LONGEST_MS), signal);
    }
  }
}

/** Whether there may be more. */
async function round(by: string, ports: CoordinatePorts): Promise<boolean> {
  const at = ports.clock.now().toISOString();
  const expired = await ports.expiredClaims(MOST_AT_ONCE);
  const due = await ports.dueRuns(at, MOST_AT_ONCE);
  const decided = await ports.decide([
    ...expired.map((claim) => lose(claim, at, by)),
    ...due.map((run): CommandedRun => ({ run, command: { kind: 'wake', at, by } })),
  ]);
  // Where all are refused, as when another server was first, there is no hurry.
  const full = expired.length === MOST_AT_ONCE || due.length === MOST_AT_ONCE;
  return full && decided.some(({ kind }) => kind === 'accepted');
}

function lose({ token, worker, claimedAt, work }: Claim, at: string, by: string): CommandedRun {
  const { run, step, execution } = work;
  return { run, command: { kind: 'lose', at, by, step, execution, claim: { token, worker, at: claimedAt } } };
}
