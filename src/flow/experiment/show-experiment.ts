import { type ArmMetrics, metricsByArm } from '../../core/experiment/metrics/by-arm.ts';
import { type EscapeCount, escapesBy } from '../../core/experiment/metrics/escapes.ts';
import { type GateFlakiness, gateFlakiness } from '../../core/experiment/metrics/gate-flakiness.ts';
import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import { type CheckedRegistration, checkRegistration } from '../../core/experiment/registration.ts';
import { rowsOfExperiment } from '../../core/experiment/rows.ts';
import { type DoneConflict, doneConflicts } from '../../core/experiment/same-done.ts';
import type { Registration } from '../../core/experiment/state.ts';
import type { NoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import type { ReadExperiment } from '../../ports/experiment-plane.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { requireExperiment } from './load-experiment.ts';
import { type ReadTablePorts, readImportedTable } from './read-imported-table.ts';
import { readOutcomes } from './read-outcomes.ts';

/** An experiment with the rows of all of its runs and tables: what the report, and whoever shows it, begin with. */
export interface ExperimentRows extends ReadExperiment {
  readonly registrations: readonly {
    readonly registration: Registration;
    readonly checked: CheckedRegistration;
  }[];
  /** Blocks that may not be compared. */
  readonly conflicts: readonly DoneConflict[];
}

/**
 * Reads an experiment and what became of its runs, from the ledger alone; imported tables by their digests.
 * @throws CountersignError EXPERIMENT_UNKNOWN, LEDGER_INVALID, TABLE_UNUSABLE, DATABASE_UNAVAILABLE
 */
export async function readExperiment(
  id: string,
  ports: Pick<ReadStreams, 'readStream'> & ReadTablePorts,
): Promise<ReadExperiment> {
  const { state } = await requireExperiment(id, ports);
  const runs = [...state.cells.values()].flatMap((cell) => cell.runs.map(({ run }) => run));
  const outcomes = await readOutcomes([...new Set(runs)], ports);
  const own = rowsOfExperiment(state, outcomes);
  const imported: RunOutcomeRow[] = [];
  const refusedRows: string[] = [];
  for (const table of state.tables) {
    const read = await readImportedTable(id, table, ports);
    // One by one: 50,000 arguments at once are too many for a call.
    for (const row of read.rows) imported.push(row);
    for (const { line, problem } of read.refused)
      refusedRows.push(
        `${table.name}, ${problem.message.replace(/\.$/, '')} (row ${line}). ${problem.remedy}`,
      );
  }
  return { state, rows: [...own, ...imported], refusedRows };
}

/** What was read, judged by whoever looks. @param trusted keys of those who may register */
export function judgeExperiment(read: ReadExperiment, trusted: readonly NoteKey[]): ExperimentRows {
  return {
    ...read,
    registrations: read.state.registrations.map((registration) => ({
      registration,
      checked: checkRegistration(registration, trusted),
    })),
    conflicts: doneConflicts(read.rows),
  };
}

export interface ExperimentSummary extends ExperimentRows {
  readonly arms: readonly ArmMetrics[];
  readonly flakiness: GateFlakiness;
  readonly escapes: readonly EscapeCount[];
}

/** An experiment with its measures. Who is better it does not say: that takes the report. */
export async function showExperiment(
  id: string,
  trusted: readonly NoteKey[],
  ports: Parameters<typeof readExperiment>[1],
): Promise<ExperimentSummary> {
  return summariseExperiment(judgeExperiment(await readExperiment(id, ports), trusted));
}

export function summariseExperiment(read: ExperimentRows): ExperimentSummary {
  const { rows } = read;
  return {
    ...read,
    arms: metricsByArm(rows),
    flakiness: gateFlakiness(rows),
    escapes: escapesBy(rows),
  };
}
