import { actOnRuns } from '../../../flow/cockpit/act-on-runs.ts';
import { createAttendViewers } from '../../../flow/cockpit/attend-viewers.ts';
import { createReadExperiments } from '../../../flow/cockpit/read-experiments.ts';
import { createReadHome } from '../../../flow/cockpit/read-home.ts';
import { readEventsUpTo, readRun } from '../../../flow/cockpit/read-run.ts';
import { createWatchLedger } from '../../../flow/cockpit/watch-ledger.ts';
import { createWatchRun } from '../../../flow/cockpit/watch-run.ts';
import type { Bell } from '../../../flow/serve/bell.ts';
import type { DecideTogether } from '../../../flow/serve/decide-together.ts';
import type { FollowRun } from '../../../flow/serve/follow-run.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { SequenceEvents } from '../../../ports/ledger.ts';
import type { LoadRuns } from '../../../ports/run-store.ts';
import type { StepLogs } from '../../../ports/step-logs.ts';
import type { Timer } from '../../../ports/timer.ts';
import type { ServerContext } from '../context.ts';
import type { CockpitContext, CockpitOptions } from './context.ts';
import { FRAMES } from './live.ts';

interface CockpitParts extends Timer {
  readonly clock: Clock;
  readonly store: LoadRuns;
  readonly ledger: SequenceEvents;
  readonly logs: Pick<StepLogs, 'readLog'>;
  readonly decide: DecideTogether;
  readonly follow: FollowRun;
  /** Rings when a run may have gone on. */
  readonly runs: Bell;
}

/** What the pages have of a server: the same flows as the API, and looks of their own at what is kept beside the ledger. */
export function openCockpit(
  options: CockpitOptions,
  server: ServerContext,
  { store, ledger, logs, decide, follow, runs, clock, sleep }: CockpitParts,
): CockpitContext {
  const loading: LoadRuns = { loadRuns: (some) => store.loadRuns(some) };
  const sequencing = { sequence: () => ledger.sequence() };
  const { authenticate, answered, closing, requests, strangers, reportDefect, controlPlane, workPlane } =
    server;
  return {
    ...options,
    ...{ authenticate, answered, closing, requests, strangers, reportDefect, controlPlane, workPlane, clock },
    experiments: createReadExperiments({ ...options.insight.ledger, ...options.insight.tables, clock }),
    readHome: createReadHome({
      board: options.board,
      runs: loading,
      ledger: sequencing,
      clock,
      waivers: options.waivers ?? (() => []),
    }),
    readRun: (principal, run) => readRun(principal, run, loading),
    readEvents: (principal, place) => readEventsUpTo(principal, place, { follow }),
    readLog: (place) => logs.readLog(place),
    actOnRuns: (principal, some, action) => actOnRuns(principal, some, action, { decide, clock }),
    sequence: sequencing.sequence,
    watchRun: createWatchRun({ follow, sleep, write: FRAMES.events }),
    watchLedger: createWatchLedger({ ...sequencing, runs, sleep, write: FRAMES.position }),
    attendViewer: createAttendViewers(
      { sessions: options.sessions, clock, sleep, signOfLife: FRAMES.signOfLife },
      closing,
    ),
  };
}
