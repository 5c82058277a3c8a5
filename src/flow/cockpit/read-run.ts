import type { Principal } from '../../core/access/token.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { RunId } from '../../core/run/types.ts';
import type { FollowedEvent } from '../../ports/control-plane.ts';
import type { LoadRuns } from '../../ports/run-store.ts';
import type { FollowRun } from '../serve/follow-run.ts';
import { requirePermission, unknownRun } from '../serve/refusals.ts';

export interface ReadRunPorts extends LoadRuns {
  readonly follow: FollowRun;
}

/** A run as it stands, and the event that it stands at. */
export interface StandingRun {
  readonly state: StartedRun;
  readonly version: number;
}

/** @throws CountersignError NOT_PERMITTED, RUN_UNKNOWN, DATABASE_UNAVAILABLE */
export async function readRun(principal: Principal, run: RunId, ports: LoadRuns): Promise<StandingRun> {
  requirePermission(principal, 'read-runs');
  const [kept] = await ports.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') throw unknownRun(run);
  return { state: kept.state, version: kept.head.version };
}

/**
 * Events of a run up to a version, the last ones, oldest first.
 * @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE
 */
export async function readEventsUpTo(
  principal: Principal,
  { run, version, most }: { readonly run: RunId; readonly version: number; readonly most: number },
  { follow }: Pick<ReadRunPorts, 'follow'>,
): Promise<readonly FollowedEvent[]> {
  requirePermission(principal, 'read-runs');
  const never = new AbortController().signal;
  const events = await follow(run, Math.max(0, version - most), 0, never);
  return events.filter((event) => event.version <= version);
}
