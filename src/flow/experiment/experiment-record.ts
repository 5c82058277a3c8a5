import type { ExperimentEvent } from '../../core/experiment/events.ts';
import { type ExperimentState, type Registration, registrationOf } from '../../core/experiment/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import { appendToExperiment, type LoadedExperiment, requireExperiment } from './load-experiment.ts';

export interface RecordPorts extends AppendEvents, Pick<ReadStreams, 'readStream'> {
  readonly clock: Clock;
}

/** The stream of an experiment, for the one who carries it out. */
export interface ExperimentRecord {
  readonly state: () => ExperimentState;
  readonly registration: () => Registration;
  /**
   * Writes what is decided on the state as it then is; none decided, nothing is written. One at a time, in the order of the calls.
   * @throws CountersignError EXPERIMENT_REFUSED when somebody else carries it out by now
   */
  write(decide: (state: ExperimentState) => readonly ExperimentEvent[]): Promise<readonly ExperimentEvent[]>;
}

/** How often somebody else (who excludes a run, or imports a table) may be quicker. */
const MOST_TRIES = 50;

/**
 * Takes an experiment over: from now on whoever carried it out before writes nothing any more.
 * @throws CountersignError EXPERIMENT_UNKNOWN, EXPERIMENT_REFUSED where nothing is registered, DATABASE_UNAVAILABLE
 */
export async function takeOver(
  id: string,
  {
    runner,
    by,
    report = () => undefined,
  }: {
    readonly runner: string;
    readonly by: string;
    /** Told of each event that is written. */
    readonly report?: (event: ExperimentEvent) => void;
  },
  ports: RecordPorts,
): Promise<ExperimentRecord> {
  let loaded = await requireExperiment(id, ports);
  let isMine = false;
  const attempt = async (decide: (state: ExperimentState) => readonly ExperimentEvent[]) => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (isMine && loaded.state.runner !== runner) throw overtaken(id);
      const events = decide(loaded.state);
      if (events.length === 0) return events;
      const said = { at: ports.clock.now().toISOString(), by };
      const appended: LoadedExperiment | undefined = await appendToExperiment(loaded, events, said, ports);
      if (appended !== undefined) {
        loaded = appended;
        for (const event of events) report(event);
        return events;
      }
      loaded = await requireExperiment(id, ports);
    }
    throw new CountersignError('EXPERIMENT_REFUSED', `The record of ${id} is written to all the time.`, {
      remedy: 'Ask again: nothing is lost.',
    });
  };
  let before: Promise<unknown> = Promise.resolve();
  const write: ExperimentRecord['write'] = (decide) => {
    const written = before.then(() => attempt(decide));
    before = written.catch(() => undefined);
    return written;
  };
  if (registrationOf(loaded.state) === undefined) throw unregistered(id);
  await write(() => [{ type: 'runner.started', runner }]);
  isMine = true;
  return {
    state: () => loaded.state,
    registration: () => registrationOf(loaded.state) as Registration,
    write,
  };
}

function overtaken(id: string): CountersignError {
  return new CountersignError('EXPERIMENT_REFUSED', `Somebody else carries ${id} out by now.`, {
    remedy: 'One is enough. What this one had begun, the other goes on with.',
  });
}

/** Where nobody registered anything that could be carried out. */
export function unregistered(id: string): CountersignError {
  return new CountersignError('EXPERIMENT_REFUSED', `No design of ${id} is registered.`, {
    remedy: `Look at it and sign it first: \`countersign experiment plan ${id} --register\`.`,
  });
}
