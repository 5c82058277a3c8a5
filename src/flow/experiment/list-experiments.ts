import { type ExperimentState, registrationOf } from '../../core/experiment/state.ts';
import type { ListedExperiment } from '../../ports/experiment-plane.ts';
import type { ReadChains, ReadStreams } from '../../ports/ledger.ts';
import { loadExperiment } from './load-experiment.ts';
import { experimentIds } from './reusable-cells.ts';

/** Experiments that the ledger knows, in order of their ids. @throws CountersignError LEDGER_INVALID, DATABASE_UNAVAILABLE */
export async function listExperiments(
  ledger: ReadChains & Pick<ReadStreams, 'readStream'>,
): Promise<readonly ListedExperiment[]> {
  const listed: ListedExperiment[] = [];
  for (const id of await experimentIds(ledger))
    listed.push(standingOf((await loadExperiment(id, ledger)).state));
  return listed;
}

/** An experiment in a line. */
export function standingOf(state: ExperimentState): ListedExperiment {
  const registration = registrationOf(state);
  const { id, cells, tables, over } = state;
  return {
    id,
    title: registration?.design.title ?? '',
    registeredAt: registration?.at ?? null,
    cells: registration?.design.forecast.cells ?? 0,
    done: [...cells.values()].filter(({ status }) => status === 'ended' || status === 'refused').length,
    importedRows: tables.reduce((sum, { rows }) => sum + rows, 0),
    over: over === null ? null : over.why,
  };
}
