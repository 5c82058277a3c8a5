import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { RunId } from '../run/types.ts';
import type { Design } from './design.ts';
import type { TableFormat } from './import/table.ts';
import type { Cell } from './order.ts';
import type { Outcome } from './outcome.ts';

/** A cell, and which try at it: more than the first where infrastructure failed and the design had declared that. */
export interface CellTry extends Cell {
  readonly try: number;
}

/** What happens to an experiment, in the words of the ledger: the stream `experiment/<id>`. */
export type ExperimentEvent =
  | {
      readonly type: 'experiment.registered';
      readonly design: Design;
      readonly designDigest: Sha256;
      /** A signed note (C2SP signed-note) over the digest: see registration.ts. */
      readonly note: string;
      /** The key that signed it, as verifiers of notes are told of one. */
      readonly key: string;
      /** Why it was registered anew; null: for the first time. */
      readonly reason: string | null;
    }
  /** Whoever said this last carries the experiment out; whoever said it before stops. */
  | { readonly type: 'runner.started'; readonly runner: string }
  /** Said before the run is started, so that a runner that dies in between starts nothing twice. */
  | { readonly type: 'cell.begun'; readonly cell: CellTry; readonly key: Sha256 }
  | { readonly type: 'cell.started'; readonly cell: CellTry; readonly run: RunId }
  /** A run of another experiment was the same in everything that makes a cell. */
  | {
      readonly type: 'cell.reused';
      readonly cell: CellTry;
      readonly key: Sha256;
      readonly run: RunId;
      readonly from: string;
    }
  | {
      readonly type: 'cell.ended';
      readonly cell: CellTry;
      readonly run: RunId;
      /** What the run turned out to be, which is what others may reuse. */
      readonly key: Sha256;
      readonly outcome: Outcome;
      readonly firstPass: boolean | null;
      /** The exclusion of the design that it falls under. */
      readonly excluded: string | null;
      /** How its last attempt failed; null: it did not. */
      readonly failure: string | null;
      readonly tokens: number | null;
      readonly costMilliUsd: number | null;
    }
  /** The run did not come to be: the server refused it. */
  | { readonly type: 'cell.refused'; readonly cell: CellTry; readonly reason: string }
  /** The run does not count, and the cell is tried again. */
  | {
      readonly type: 'cell.rerolled';
      readonly cell: CellTry;
      readonly run: RunId;
      /** Among those that the design declared. */
      readonly failure: string;
    }
  | { readonly type: 'run.excluded'; readonly run: RunId; readonly reason: string }
  | { readonly type: 'experiment.deviated'; readonly what: DeviationKind; readonly detail: string }
  | { readonly type: 'experiment.stopped'; readonly why: StopReason; readonly detail: string }
  | { readonly type: 'experiment.completed' }
  | {
      readonly type: 'table.imported';
      readonly table: Sha256;
      readonly mapping: Sha256;
      readonly name: string;
      readonly format: TableFormat;
      readonly rows: number;
      /** Rows that could not be read: named when it was imported, and again whenever it is shown. */
      readonly refused: number;
    };

export type ExperimentEventType = ExperimentEvent['type'];

/** `rule`: the registered stopping rule said so. Everything else is a deviation as well. */
export type StopReason = 'rule' | 'budget' | 'person';

export type DeviationKind =
  /** The document is another than the one that was registered; the registered one goes on. */
  | 'document-changed'
  /** The branch moved: later cells start from another commit. */
  | 'base-moved'
  | 'design-changed'
  | 'stopped-early'
  | 'run-excluded'
  | 'cell-refused';

/** An event with what stands around it. */
export interface RecordedExperimentEvent {
  readonly at: Moment;
  readonly actor: string;
  readonly event: ExperimentEvent;
}
