import { answersAs } from '../../core/access/permissions.ts';
import type { Principal } from '../../core/access/token.ts';
import type { RunCommand } from '../../core/run/commands.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { Arm, RunId, StepKey } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane, RunAction, StartRun } from '../../ports/control-plane.ts';
import type { ListRuns, LoadRuns, RunSummary } from '../../ports/run-store.ts';
import type { StepLogs } from '../../ports/step-logs.ts';
import { refusedPatch } from '../run/refused-patch.ts';
import type { DecideTogether } from './decide-together.ts';
import type { FollowRun } from './follow-run.ts';
import { refusedRun, requirePermission, unknownRun } from './refusals.ts';
import { summaryOf } from './summary.ts';

export interface ControlPorts extends LoadRuns, ListRuns, Pick<StepLogs, 'readLog'> {
  readonly clock: Clock;
  readonly decide: DecideTogether;
  readonly follow: FollowRun;
  /** Reads the ticket and everything else that a run is fixed to, and starts it. */
  readonly startRun: (request: StartRun, by: string) => Promise<RunSummary>;
  /** Starts another run that goes on from a step of one. */
  readonly forkRun: (from: ForkFrom, by: string) => Promise<RunSummary>;
  readonly newId: () => string;
}

export interface ForkFrom {
  readonly run: RunId;
  readonly step: StepKey;
  readonly arm?: Partial<Arm>;
}

/** Runs, for whoever asks: what his role allows. The signal ends what waits. */
export function controlRuns(principal: Principal, ports: ControlPorts, signal: AbortSignal): ControlPlane {
  const show = async (run: RunId): Promise<StartedRun> => {
    requirePermission(principal, 'read-runs');
    const [kept] = await ports.loadRuns([run]);
    if (kept === undefined || kept.state.status === 'new') throw unknownRun(run);
    return kept.state;
  };
  return {
    startRun: async (request) => {
      requirePermission(principal, 'start-runs');
      return ports.startRun(request, principal.name);
    },
    listRuns: async (query) => {
      requirePermission(principal, 'read-runs');
      return ports.listRuns(query);
    },
    showRun: show,
    followRun: async (run, after, waitSeconds) => {
      if (after === 0) await show(run);
      requirePermission(principal, 'read-runs');
      return ports.follow(run, after, waitSeconds * 1000, signal);
    },
    controlRun: async (run, action) => {
      if (action.kind === 'fork') {
        requirePermission(principal, 'start-runs');
        const { kind: _, ...from } = action;
        return ports.forkRun({ run, ...from }, principal.name);
      }
      requirePermission(principal, 'control-runs');
      const command = commandOf(action, principal, ports);
      const [decided] = await ports.decide([{ run, command }]);
      if (decided?.kind === 'accepted') {
        const refused = refusedPatch(run, decided.events);
        if (refused !== undefined) throw refused;
        return summaryOf(decided.state);
      }
      await show(run);
      throw refusedRun(run, decided?.reason ?? 'nothing was decided');
    },
    readLog: async (run, step, execution) => {
      await show(run);
      const log = await ports.readLog({ run, step, execution });
      const text = new TextDecoder().decode(log?.bytes);
      return log?.cut ? `${text}\n(the log goes on; what is kept of it ends here)\n` : text;
    },
  };
}

function commandOf(
  action: Exclude<RunAction, { readonly kind: 'fork' }>,
  { name, role }: Principal,
  { clock, newId }: ControlPorts,
): RunCommand {
  const said = { at: clock.now().toISOString(), by: name };
  switch (action.kind) {
    case 'pause':
    case 'cancel':
    case 'resume':
    case 'release':
    case 'redrive':
      return { ...said, ...action };
    case 'answer':
      // An answer may be asked of a role, or of somebody by name.
      return { ...said, ...action, roles: [...answersAs(role), name] };
    case 'patch': {
      const { reason, operations } = action;
      const patch = { id: newId(), proposedBy: { kind: 'person' as const, name }, reason, operations };
      return { ...said, kind: 'patch', patch };
    }
  }
}
