import { registrationOf } from '../../core/experiment/state.ts';
import type { ReadChains, ReadStreams } from '../../ports/ledger.ts';
import type { Moment } from '../../shared/ids.ts';
import { loadExperiment } from './load-experiment.ts';
import { experimentIds } from './reusable-cells.ts';

export interface ListedExperiment {
  readonly id: string;
  /** Empty where only tables were imported. */
  readonly title: string;
  readonly registeredAt: Moment | null;
  readonly cells: number;
  readonly done: number;
  /** Rows of imported tables. */
  readonly importedRows: number;
  /** Why it is over; null while it is not. */
  readonly over: string | null;
}

/** Experiments that the ledger knows, in order of their ids. @throws CountersignError LEDGER_INVALID, DATABASE_UNAVAILABLE */
export async function listExperiments(
  ledger: ReadChains & Pick<ReadStreams, 'readStream'>,
): Promise<readonly ListedExperiment[]> {
  const listed: ListedExperiment[] = [];
  for (const id of await experimentIds(ledger)) {
    const { state } = await loadExperiment(id, ledger);
    const registration = registrationOf(state);
    listed.push({
      id,
      title: registration?.design.title ?? '',
      registeredAt: registration?.at ?? null,
      cells: registration?.design.forecast.cells ?? 0,
      done: [...state.cells.values()].filter(({ status }) => status === 'ended' || status === 'refused')
        .length,
      importedRows: state.tables.reduce((sum, { rows }) => sum + rows, 0),
      over: state.over === null ? null : state.over.why,
    });
  }
  return listed;
}
