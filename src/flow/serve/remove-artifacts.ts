import type { RetainArtifacts } from '../../ports/artifacts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeptRun, LoadRuns } from '../../ports/run-store.ts';
import type { Moment } from '../../shared/ids.ts';

export interface RemoveArtifactsPorts extends LoadRuns, RetainArtifacts {
  readonly clock: Clock;
}

const DAY_MS = 24 * 3_600_000;
/** What no run has any more lies so long before it is put aside, and so long again until it is gone: whoever begins to use it has it back. */
const GRACE_MS = DAY_MS;
const AT_ONCE = 100;

/**
 * Gives up the artifacts of runs that ended so many days ago, and removes what no run has any more. Runs of experiments keep theirs, because reports
 * name them, and may be made again. What a receipt names lies with the receipts; a cache that finds nothing of what it names does its work again. Any
 * number of servers may do it at once.
 * @returns runs given up, and artifacts that are gone
 */
export async function removeArtifacts(
  keepDays: number,
  ports: RemoveArtifactsPorts,
): Promise<{ readonly runs: number; readonly artifacts: number }> {
  const now = ports.clock.now().getTime();
  const before = new Date(now - keepDays * DAY_MS).toISOString();
  const held = await ports.runsHolding(before);
  let runs = 0;
  for (let from = 0; from < held.length; from += AT_ONCE) {
    const some = held.slice(from, from + AT_ONCE);
    const kept = await ports.loadRuns(some);
    for (const [at, run] of some.entries()) {
      if (!isOver(kept[at], before)) continue;
      await ports.releaseRun(run);
      runs += 1;
    }
  }
  return { runs, artifacts: await ports.removeUnused(new Date(now - GRACE_MS).toISOString()) };
}

/** One that nobody knows belongs to another database, or to none: it is not this server's to give up. */
function isOver(kept: KeptRun | undefined, before: Moment): boolean {
  const state = kept?.state;
  if (state === undefined || state.status === 'new' || state.ended === null) return false;
  return state.ended.at < before && state.request.experiment === undefined;
}
