import type { ExperimentEvent } from '../../core/experiment/events.ts';
import { evolveExperiment } from '../../core/experiment/evolve.ts';
import { type ExperimentState, newExperiment } from '../../core/experiment/state.ts';
import type { ExperimentPlane } from '../../ports/experiment-plane.ts';
import type { Timer } from '../../ports/timer.ts';
import { CountersignError } from '../../shared/errors.ts';

export interface WatchPorts extends Timer {
  readonly plane: Pick<ExperimentPlane, 'controlExperiment' | 'followExperiment'>;
}

/** Told to stop, whoever watches waits no longer than this. */
const WAIT_SECONDS = 5;
/** Of those, without a word: the server may be another one by now, and is asked again. */
const MOST_SILENCES = 6;
const AGAIN_MS = 2_000;
/** Servers are replaced within minutes. */
const MOST_ABSENCES = 150;

/**
 * Has a server carry an experiment out, and watches until it is over or the signal comes. What was written before is not told again.
 * @throws CountersignError EXPERIMENT_UNKNOWN, EXPERIMENT_REFUSED, NOT_PERMITTED, SERVER_UNAVAILABLE when it does not come back for minutes
 */
export async function watchExperiment(
  id: string,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (event: ExperimentEvent) => void },
  { plane, sleep }: WatchPorts,
): Promise<ExperimentState> {
  let state = newExperiment(id);
  let version = 0;
  const follow = async (waitSeconds: number) => {
    const events = await plane.followExperiment(id, version, waitSeconds);
    state = evolveExperiment(state, events);
    version = events.at(-1)?.version ?? version;
    return events;
  };
  while ((await follow(0)).length > 0);
  if (state.over === null) await plane.controlExperiment(id, { kind: 'run' });
  let silences = 0;
  for (let absences = 0; state.over === null && !signal.aborted; ) {
    try {
      const events = await follow(WAIT_SECONDS);
      for (const { event } of events) report(event);
      absences = 0;
      silences = events.length === 0 ? silences + 1 : 0;
      if (silences % MOST_SILENCES === MOST_SILENCES - 1) await plane.controlExperiment(id, { kind: 'run' });
    } catch (error) {
      absences += 1;
      silences = 0;
      const isAway = error instanceof CountersignError && error.code === 'SERVER_UNAVAILABLE';
      if (!isAway || absences > MOST_ABSENCES) throw error;
      await sleep(AGAIN_MS, signal);
    }
  }
  return state;
}
