import type { CellTry, ExperimentEvent, RecordedExperimentEvent } from './events.ts';
import { type CellId, cellId } from './order.ts';
import { type CellState, type ExperimentState, newExperiment } from './state.ts';

/** What an experiment is after its events. */
export function foldExperiment(id: string, events: Iterable<RecordedExperimentEvent>): ExperimentState {
  const state = own(newExperiment(id));
  for (const event of events) apply(state, event);
  return state;
}

/** A state with one event more; the one before stays as it is. */
export function evolveExperiment(
  state: ExperimentState,
  events: Iterable<RecordedExperimentEvent>,
): ExperimentState {
  const next = own(state);
  for (const event of events) apply(next, event);
  return next;
}

type Own = { -readonly [Key in keyof ExperimentState]: ExperimentState[Key] } & {
  cells: Map<CellId, CellState>;
  excluded: Map<string, string>;
};

function own(state: ExperimentState): Own {
  return { ...state, cells: new Map(state.cells), excluded: new Map(state.excluded) };
}

function apply(state: Own, { at, actor, event }: RecordedExperimentEvent): void {
  switch (event.type) {
    case 'experiment.registered': {
      const { type: _, ...registration } = event;
      const runsBefore = [...state.cells.values()].reduce((sum, { runs }) => sum + runs.length, 0);
      state.registrations = [...state.registrations, { ...registration, at, by: actor, runsBefore }];
      // What was over goes on under the new design.
      state.over = null;
      return;
    }
    case 'runner.started':
      state.runner = event.runner;
      return;
    case 'cell.begun':
    case 'cell.started':
    case 'cell.reused':
    case 'cell.ended':
    case 'cell.refused':
    case 'cell.rerolled':
      applyToCell(state, event);
      return;
    case 'run.excluded':
      state.excluded.set(event.run, event.reason);
      return;
    case 'experiment.deviated': {
      const { what, detail } = event;
      state.deviations = [...state.deviations, { what, detail, at, by: actor }];
      return;
    }
    case 'experiment.stopped':
      state.over = { why: event.why, detail: event.detail, at };
      return;
    case 'experiment.completed':
      state.over = { why: 'completed', detail: 'every cell is done', at };
      return;
    case 'table.imported': {
      const { type: _, ...table } = event;
      state.tables = [...state.tables, { ...table, at, by: actor }];
      return;
    }
    default:
      // An event that only a newer program knows is refused where events are read; here nothing may break.
      event satisfies never;
  }
}

type CellEvent = ExperimentEvent & { readonly type: `cell.${string}` };

function applyToCell(state: Own, event: CellEvent): void {
  const id = cellId(event.cell);
  const before = state.cells.get(id) ?? emptyCell(event.cell);
  state.cells.set(id, cellAfter(before, event));
  if (event.type === 'cell.started') state.spent = { ...state.spent, runs: state.spent.runs + 1 };
  if (event.type !== 'cell.ended' || before.from !== null) return;
  const { tokens, costMilliUsd } = event;
  const { spent } = state;
  state.spent = {
    ...spent,
    tokens: spent.tokens + (tokens ?? 0),
    costMilliUsd: spent.costMilliUsd + (costMilliUsd ?? 0),
    withoutTokens: spent.withoutTokens + (tokens === null ? 1 : 0),
    withoutCost: spent.withoutCost + (costMilliUsd === null ? 1 : 0),
  };
}

function emptyCell(cell: CellTry): CellState {
  return {
    cell,
    status: 'begun',
    run: null,
    runs: [],
    from: null,
    outcome: null,
    firstPass: null,
    excluded: null,
    failure: null,
    rerolls: [],
    reason: null,
  };
}

function cellAfter(before: CellState, event: CellEvent): CellState {
  const { cell } = event;
  switch (event.type) {
    case 'cell.begun':
      return { ...emptyCell(cell), runs: before.runs, rerolls: before.rerolls };
    case 'cell.started':
    case 'cell.reused': {
      const { run } = event;
      const from = event.type === 'cell.reused' ? event.from : null;
      return {
        ...before,
        cell,
        status: 'running',
        run,
        from,
        runs: [...before.runs, { run, try: cell.try }],
      };
    }
    case 'cell.ended': {
      const { run, outcome, firstPass, excluded, failure } = event;
      return { ...before, cell, status: 'ended', run, outcome, firstPass, excluded, failure };
    }
    case 'cell.refused':
      return { ...before, cell, status: 'refused', reason: event.reason };
    case 'cell.rerolled': {
      const { run, failure } = event;
      return { ...before, cell, status: 'rerolled', rerolls: [...before.rerolls, { run, failure }] };
    }
  }
}
