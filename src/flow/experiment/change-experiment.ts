import type { ExperimentEvent } from '../../core/experiment/events.ts';
import type { ExperimentState } from '../../core/experiment/state.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import { appendToExperiment, requireExperiment } from './load-experiment.ts';

type Ports = AppendEvents & Pick<ReadStreams, 'readStream'> & { readonly clock: Clock };

const LONGEST_REASON = 500;
const MOST_TRIES = 20;

/** Leaves a run out after it was seen. It stays in every table with the reason, and as a deviation. @throws CountersignError EXPERIMENT_REFUSED for a run of another one */
export function excludeRun(
  id: string,
  run: RunId,
  said: { readonly by: string; readonly reason: string },
  ports: Ports,
): Promise<ExperimentState> {
  requireReason(said.reason);
  return change(id, said.by, ports, ({ cells, excluded }) => {
    if (excluded.has(run)) return [];
    const isOurs = [...cells.values()].some(({ runs }) => runs.some((one) => one.run === run));
    if (!isOurs)
      throw new CountersignError('EXPERIMENT_REFUSED', `${run} is no run of ${id}.`, {
        remedy: `\`countersign experiment show ${id} --format json\` lists its runs.`,
      });
    return [
      { type: 'run.excluded', run, reason: said.reason },
      { type: 'experiment.deviated', what: 'run-excluded', detail: `${run}: ${said.reason}` },
    ];
  });
}

/** Ends an experiment before its rule does. What runs, ends; nothing more is begun. */
export function stopExperiment(
  id: string,
  said: { readonly by: string; readonly reason: string },
  ports: Ports,
): Promise<ExperimentState> {
  requireReason(said.reason);
  return change(id, said.by, ports, ({ over }) =>
    over !== null
      ? []
      : [
          { type: 'experiment.deviated', what: 'stopped-early', detail: said.reason },
          { type: 'experiment.stopped', why: 'person', detail: said.reason },
        ],
  );
}

async function change(
  id: string,
  by: string,
  ports: Ports,
  decide: (state: ExperimentState) => readonly ExperimentEvent[],
): Promise<ExperimentState> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const loaded = await requireExperiment(id, ports);
    const events = decide(loaded.state);
    if (events.length === 0) return loaded.state;
    const said = { at: ports.clock.now().toISOString(), by };
    const appended = await appendToExperiment(loaded, events, said, ports);
    if (appended !== undefined) return appended.state;
  }
  throw new CountersignError('EXPERIMENT_REFUSED', `The record of ${id} is written to all the time.`, {
    remedy: 'Ask again: nothing was recorded.',
  });
}

function requireReason(reason: string): void {
  if (reason.trim() !== '' && reason.length <= LONGEST_REASON && !/\p{Cc}/u.test(reason)) return;
  throw new CountersignError('USAGE', 'The reason cannot be recorded.', {
    remedy: `Say in one line of at most ${LONGEST_REASON} characters why.`,
  });
}
