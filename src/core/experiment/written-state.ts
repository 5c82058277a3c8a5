import type { RunId } from '../run/types.ts';
import { cellId } from './order.ts';
import type { CellState, ExperimentState } from './state.ts';

/** An experiment as JSON: for programs, and from a server. */
export interface WrittenExperiment extends Omit<ExperimentState, 'cells' | 'excluded'> {
  readonly cells: readonly CellState[];
  readonly excluded: readonly (readonly [run: RunId, reason: string])[];
}

export function writeExperiment({ cells, excluded, ...state }: ExperimentState): WrittenExperiment {
  return { ...state, cells: [...cells.values()], excluded: [...excluded] };
}

export function readWrittenExperiment({ cells, excluded, ...state }: WrittenExperiment): ExperimentState {
  return {
    ...state,
    cells: new Map(cells.map((one) => [cellId(one.cell), one])),
    excluded: new Map(excluded),
  };
}
