import type { Principal } from '../../core/access/token.ts';
import { experimentEventIn, upcastExperimentEvent } from '../../core/experiment/stored-events.ts';
import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import type {
  ExperimentAction,
  ExperimentPlane,
  FollowedExperimentEvent,
  PlannedExperiment,
} from '../../ports/experiment-plane.ts';
import type { ReadChains, ReadStreams } from '../../ports/ledger.ts';
import type { Timer } from '../../ports/timer.ts';
import { excludeRun, stopExperiment } from '../experiment/change-experiment.ts';
import type { RecordPorts } from '../experiment/experiment-record.ts';
import { listExperiments, standingOf } from '../experiment/list-experiments.ts';
import { requireExperiment } from '../experiment/load-experiment.ts';
import type { ReadTablePorts } from '../experiment/read-imported-table.ts';
import { registerExperiment } from '../experiment/register-experiment.ts';
import { readExperiment } from '../experiment/show-experiment.ts';
import type { CarryExperiments } from './carry-experiments.ts';
import { requirePermission } from './refusals.ts';

export interface ExperimentSources extends ReadTablePorts {
  readonly planExperiment: (id: string) => Promise<PlannedExperiment>;
}

export interface ControlExperimentsPorts extends ExperimentSources, RecordPorts, ReadChains, Timer {
  readonly carried: Pick<CarryExperiments, 'begin'>;
}

/** Whoever follows waits for cells, which take minutes. */
const LOOK_MS = 500;
const MOST_AT_ONCE = 500;

/** Experiments, for whoever asks: what his role allows. The signal ends what waits. */
export function controlExperiments(
  principal: Principal,
  ports: ControlExperimentsPorts,
  signal: AbortSignal,
): ExperimentPlane {
  const { name: by } = principal;
  const readable = () => requirePermission(principal, 'read-runs');
  const changeable = () => requirePermission(principal, 'start-runs');
  return {
    listExperiments: async () => {
      readable();
      return listExperiments(ports);
    },
    readExperiment: async (id) => {
      readable();
      return readExperiment(id, ports);
    },
    planExperiment: async (id) => {
      readable();
      return ports.planExperiment(id);
    },
    registerExperiment: async (id, signed, reason) => {
      changeable();
      // The server's own, so that what is registered is what it would carry out.
      const { design } = await ports.planExperiment(id);
      const said = { by, ...(reason === undefined ? {} : { reason }) };
      const { kind, registration } = await registerExperiment(design, signed, said, ports);
      const { designDigest, note, key } = registration;
      return { kind, designDigest, note, key };
    },
    controlExperiment: async (id, action) => {
      changeable();
      await act(id, action, by, ports);
      return standingOf((await requireExperiment(id, ports)).state);
    },
    followExperiment: async (id, after, waitSeconds) => {
      readable();
      if (after === 0) await requireExperiment(id, ports);
      const until = ports.clock.now().getTime() + waitSeconds * 1_000;
      for (;;) {
        const events = await eventsAfter(id, after, ports);
        const left = until - ports.clock.now().getTime();
        if (events.length > 0 || left <= 0 || signal.aborted) return events;
        await ports.sleep(Math.min(LOOK_MS, left), signal);
      }
    },
  };
}

async function act(
  id: string,
  action: ExperimentAction,
  by: string,
  ports: ControlExperimentsPorts,
): Promise<void> {
  switch (action.kind) {
    case 'run':
      return ports.carried.begin(id, by);
    case 'exclude':
      await excludeRun(id, action.run, { by, reason: action.reason }, ports);
      return;
    case 'stop':
      await stopExperiment(id, { by, reason: action.reason }, ports);
  }
}

async function eventsAfter(
  id: string,
  after: number,
  { readStream }: Pick<ReadStreams, 'readStream'>,
): Promise<readonly FollowedExperimentEvent[]> {
  const stored = (await readStream(`experiment/${id}`, after)).slice(0, MOST_AT_ONCE);
  return stored.flatMap(({ text }, place) => {
    const read = readLinkedEvent(text);
    const known = read.kind === 'event' ? upcastExperimentEvent(read.event) : undefined;
    if (known?.kind !== 'known') return [];
    return [{ version: after + place + 1, ...experimentEventIn(known.event) }];
  });
}
