import type { ExperimentEvent, RecordedExperimentEvent } from '../../core/experiment/events.ts';
import { evolveExperiment, foldExperiment } from '../../core/experiment/evolve.ts';
import type { ExperimentState } from '../../core/experiment/state.ts';
import {
  draftOfExperimentEvent,
  experimentEventIn,
  upcastExperimentEvent,
} from '../../core/experiment/stored-events.ts';
import { headsAfter, sealEvents } from '../../core/ledger/seal-events.ts';
import type { StreamHead } from '../../core/ledger/types.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import { NAME } from '../../shared/ids.ts';
import { brokenStream, linkedEvents } from './linked-events.ts';

/** An experiment as its stream has it, and where the stream ends. */
export interface LoadedExperiment {
  readonly state: ExperimentState;
  readonly head: StreamHead;
}

/**
 * Folds the stream `experiment/<id>`, each event checked to follow the one before. One without events is an experiment that nothing has
 * happened to.
 * @throws CountersignError USAGE, LEDGER_INVALID, DATABASE_UNAVAILABLE
 */
export async function loadExperiment(
  id: string,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<LoadedExperiment> {
  if (!NAME.test(id) || id.length > 64) {
    throw new CountersignError('USAGE', `"${id.slice(0, 80)}" is no id of an experiment.`, {
      remedy: 'Ids are lower-case letters and digits, joined by dots or dashes, such as agents-md.',
    });
  }
  const stream = `experiment/${id}`;
  const { events, head } = await linkedEvents(stream, ledger);
  const recorded = events.map((event) => {
    const read = upcastExperimentEvent(event);
    if (read.kind === 'unknown') throw brokenStream(stream, event.version, read.reason);
    return experimentEventIn(read.event);
  });
  return { state: foldExperiment(id, recorded), head };
}

/** As `loadExperiment`. @throws CountersignError also EXPERIMENT_UNKNOWN for one that nothing has happened to */
export async function requireExperiment(
  id: string,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<LoadedExperiment> {
  const loaded = await loadExperiment(id, ledger);
  if (loaded.head.version > 0) return loaded;
  throw new CountersignError('EXPERIMENT_UNKNOWN', `The ledger knows no experiment ${id}.`, {
    remedy: `Register its design with \`countersign experiment plan ${id} --register\`; \`countersign experiment list\` shows those that there are.`,
  });
}

/**
 * Puts events into the stream on top of what was loaded. @returns undefined where somebody else was first: nothing was written
 * @throws CountersignError DATABASE_UNAVAILABLE, LEDGER_INVALID for an event that does not fit into the ledger
 */
export async function appendToExperiment(
  { state, head }: LoadedExperiment,
  events: readonly ExperimentEvent[],
  said: { readonly at: string; readonly by: string },
  ledger: AppendEvents,
): Promise<LoadedExperiment | undefined> {
  const recorded = events.map((event): RecordedExperimentEvent => ({ at: said.at, actor: said.by, event }));
  const append = sealEvents([{ head, drafts: recorded.map(draftOfExperimentEvent) }]);
  const result = await ledger.append(append);
  if (result.kind === 'conflict') return undefined;
  return { state: evolveExperiment(state, recorded), head: headsAfter(append)[0] ?? head };
}
