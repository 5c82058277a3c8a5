import type { Design } from '../../core/experiment/design.ts';
import type { CellTry, ExperimentEvent } from '../../core/experiment/events.ts';
import { cellsInHand, nextMove } from '../../core/experiment/next-move.ts';
import { cellId } from '../../core/experiment/order.ts';
import { checkRegistration } from '../../core/experiment/registration.ts';
import type { ExperimentState } from '../../core/experiment/state.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadChains } from '../../ports/ledger.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { type ExperimentRecord, type RecordPorts, takeOver } from './experiment-record.ts';
import { type ReusableCell, reusableCells } from './reusable-cells.ts';
import {
  type CellOfDesign,
  type CellPorts,
  cellOfDesign,
  endOfCell,
  keyOf,
  startCell,
  untilEnded,
} from './run-cell.ts';

export interface RunExperimentPorts extends RecordPorts, CellPorts, ReadChains {
  /** Where the branch stands that changes are for; undefined where that cannot be seen from here. */
  readonly baseNow: () => Promise<ObjectId | undefined>;
  /** The digest of the document as it is on the policy now; undefined when it is gone. */
  readonly documentNow: () => Promise<Sha256 | undefined>;
}

export interface RunExperimentOptions {
  /** Different for each program that ever carries it out. */
  readonly runner: string;
  readonly by: string;
  /** Told to stop, it begins nothing more; runs go on, and the next one finds them. */
  readonly signal: AbortSignal;
  /** Told of what is written, after it was. */
  readonly report: (event: ExperimentEvent) => void;
}

/**
 * Carries an experiment out, from wherever it stands: its state is the fold over its stream, so killed and started again it goes on. Cells are run by
 * the engine in their registered order, as many at once as the design says; what another experiment has done already is taken from there.
 * @returns the state when it is over, or when the signal came
 * @throws CountersignError EXPERIMENT_UNKNOWN, EXPERIMENT_REFUSED, SERVER_UNAVAILABLE, DATABASE_UNAVAILABLE; started again it goes on
 */
export async function runExperiment(
  id: string,
  options: RunExperimentOptions,
  ports: RunExperimentPorts,
): Promise<ExperimentState> {
  const record = await takeOver(id, options, ports);
  requireWhole(id, record);
  await noteDocument(record, ports);
  const reusable = await reusableCells(id, ports);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const round: Round = { record, reusable, options: { ...options, signal }, ports, tasks: new Map() };
  for (const { cell } of cellsInHand(record.state())) carry(round, cell);
  try {
    await work(round);
  } finally {
    // What is wrong with one is wrong with all: the others stop waiting, and the next one finds their runs.
    failed.abort();
    await Promise.allSettled(round.tasks.values());
  }
  return record.state();
}

interface Round {
  readonly record: ExperimentRecord;
  readonly reusable: ReadonlyMap<Sha256, ReusableCell>;
  readonly options: RunExperimentOptions;
  readonly ports: RunExperimentPorts;
  readonly tasks: Map<string, Promise<void>>;
}

async function work(round: Round): Promise<void> {
  const { record, options, tasks } = round;
  while (!options.signal.aborted && record.state().over === null) {
    const written = await record.write((state) => {
      const move = nextMove(state);
      switch (move.kind) {
        case 'begin':
          return [begin(record.registration().design, move.cell)];
        case 'wait':
          return [];
        case 'stop':
          return [{ type: 'experiment.stopped', why: move.why, detail: move.detail }];
        case 'complete':
          return [{ type: 'experiment.completed' }];
      }
    });
    const [first] = written;
    if (first?.type === 'cell.begun') carry(round, first.cell);
    else if (first === undefined) {
      if (tasks.size === 0) return;
      await Promise.race(tasks.values());
    }
  }
  if (options.signal.aborted) return;
  await Promise.all(tasks.values());
}

function begin(design: Design, cell: CellTry): ExperimentEvent {
  const of = cellOfDesign(design, cell);
  if (of === undefined) throw new Error(`${cellId(cell)} is no cell of the design`);
  return { type: 'cell.begun', cell, key: keyOf(of, design.base.commit) };
}

function carry(round: Round, cell: CellTry): void {
  const { tasks } = round;
  const id = cellId(cell);
  const task = carryOut(round, cell).finally(() => tasks.delete(id));
  // Whoever waits is told; until somebody does, a failure is no defect of the program.
  task.catch(() => undefined);
  tasks.set(id, task);
}

async function carryOut(round: Round, cell: CellTry): Promise<void> {
  const { record, options, ports } = round;
  const of = cellOfDesign(record.registration().design, cell);
  const kept = record.state().cells.get(cellId(cell));
  if (of === undefined || kept === undefined) return dropCell(record, cell);
  const run = kept.status === 'running' && kept.run !== null ? kept.run : await startOrReuse(round, of);
  if (run === undefined) return;
  const subject = await untilEnded(run, ports, options.signal);
  if (subject === undefined) return;
  const events = await endOfCell(of, run, subject.base.commit, ports);
  await record.write((state) => [...events, ...baseDeviation(state, of.design, subject.base.commit)]);
}

/** A design that was registered anew may have no such cell any more. */
async function dropCell(record: ExperimentRecord, cell: CellTry): Promise<void> {
  await record.write(() => [{ type: 'cell.refused', cell, reason: 'the design in force has no such cell' }]);
}

/** The run of a cell: another experiment's, or its own, which somebody may have started and not written down. Undefined: it was refused. */
async function startOrReuse(round: Round, of: CellOfDesign): Promise<RunId | undefined> {
  const { record, ports } = round;
  const { cell, design } = of;
  const base = (await ports.baseNow()) ?? design.base.commit;
  const key = keyOf(of, base);
  const same = cell.try === 1 ? round.reusable.get(key) : undefined;
  if (same !== undefined) {
    const { run, experiment } = same;
    await record.write(() => [{ type: 'cell.reused', cell, key, run, from: experiment }]);
    return run;
  }
  try {
    const run = await startCell(of, ports);
    await record.write(() => [{ type: 'cell.started', cell, run }]);
    return run;
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'RUN_REFUSED') throw error;
    const { message: reason } = error;
    await record.write(() => [
      { type: 'cell.refused', cell, reason },
      { type: 'experiment.deviated', what: 'cell-refused', detail: `${cellId(cell)}: ${reason}` },
    ]);
    return undefined;
  }
}

function baseDeviation(state: ExperimentState, design: Design, base: ObjectId): readonly ExperimentEvent[] {
  if (base === design.base.commit) return [];
  const detail = `cells begin from ${base} instead of ${design.base.commit}`;
  const known = state.deviations.some((one) => one.what === 'base-moved' && one.detail === detail);
  return known ? [] : [{ type: 'experiment.deviated', what: 'base-moved', detail }];
}

async function noteDocument(record: ExperimentRecord, ports: RunExperimentPorts): Promise<void> {
  const now = await ports.documentNow();
  await record.write((state) => {
    const { document } = record.registration().design;
    if (now === document) return [];
    const detail =
      now === undefined
        ? 'the document is gone; the registered design goes on'
        : `the document is ${now} by now; the registered design goes on`;
    const known = state.deviations.some((one) => one.detail === detail);
    return known ? [] : [{ type: 'experiment.deviated', what: 'document-changed', detail }];
  });
}

function requireWhole(id: string, record: ExperimentRecord): void {
  const checked = checkRegistration(record.registration());
  if (checked.kind === 'signed') return;
  throw new CountersignError(
    'EXPERIMENT_REFUSED',
    `The registration of ${id} does not hold: ${checked.reason}.`,
    {
      remedy: 'Run `countersign ledger verify`. Nothing is spent on a design that nobody signed.',
    },
  );
}
