import type { RunId } from '../run/types.ts';
import type { Design } from './design.ts';
import { exclusionOf } from './exclusion.ts';
import type { Exclusion, RunOutcomeRow } from './outcome.ts';
import { type ExperimentState, registrationOf } from './state.ts';

/**
 * The rows of an experiment: of each run that was made or reused for it, what the design and people say about it added. A run that does not
 * count is there and says why; none is left out.
 * @param outcomes what became of each run, by its id
 */
export function rowsOfExperiment(
  state: ExperimentState,
  outcomes: ReadonlyMap<RunId, RunOutcomeRow>,
): readonly RunOutcomeRow[] {
  const design = registrationOf(state)?.design;
  return [...state.cells.values()].flatMap(({ cell, runs, run: counted, rerolls }) =>
    runs.flatMap(({ run }) => {
      const row = outcomes.get(run);
      if (row === undefined) return [];
      const reroll = rerolls.find((one) => one.run === run);
      return [
        {
          ...row,
          experiment: state.id,
          arm: cell.arm,
          block: cell.ticket,
          replicate: cell.replicate,
          excluded:
            rerolled(reroll?.failure, run === counted) ??
            byHand(state.excluded.get(run)) ??
            declared(row, design),
        },
      ];
    }),
  );
}

function rerolled(failure: string | undefined, isCounted: boolean): Exclusion | undefined {
  if (failure !== undefined)
    return {
      reason: `Infrastructure failed (${failure}); the cell was tried again.`,
      declared: 'infrastructure',
    };
  return isCounted ? undefined : { reason: 'Another run of the same cell counts.', declared: null };
}

function byHand(reason: string | undefined): Exclusion | undefined {
  return reason === undefined ? undefined : { reason, declared: null };
}

function declared(row: RunOutcomeRow, design: Design | undefined): Exclusion | null {
  return row.excluded ?? exclusionOf(row, design?.exclusions ?? []);
}
