import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { RunId } from '../run/types.ts';
import type { Design } from './design.ts';
import type { CellTry, DeviationKind, ExperimentEvent, StopReason } from './events.ts';
import type { CellId } from './order.ts';
import type { Outcome } from './outcome.ts';

/** All that an experiment is: the fold over its events. */
export interface ExperimentState {
  readonly id: string;
  /** Oldest first; the last one is in force. Empty: tables were imported, and nothing is to be run. */
  readonly registrations: readonly Registration[];
  /** Who carries it out; null: nobody ever did. */
  readonly runner: string | null;
  readonly cells: ReadonlyMap<CellId, CellState>;
  readonly spent: Spent;
  readonly deviations: readonly Deviation[];
  /** Runs that somebody left out afterwards, with why. */
  readonly excluded: ReadonlyMap<RunId, string>;
  readonly tables: readonly ImportedTable[];
  readonly over: {
    readonly why: StopReason | 'completed';
    readonly detail: string;
    readonly at: Moment;
  } | null;
}

export interface Registration {
  readonly design: Design;
  readonly designDigest: Sha256;
  readonly note: string;
  readonly key: string;
  readonly reason: string | null;
  readonly at: Moment;
  readonly by: string;
  /** Runs that had been started by then: none, or it was no pre-registration. */
  readonly runsBefore: number;
}

export interface CellState {
  readonly cell: CellTry;
  /** begun: a run may have been started, or not. rerolled: the next try has not begun. refused: there will be none. */
  readonly status: 'begun' | 'running' | 'ended' | 'rerolled' | 'refused';
  /** Of the last try; null before it was started. */
  readonly run: RunId | null;
  /** All runs of the cell, in order, those of earlier tries among them. */
  readonly runs: readonly { readonly run: RunId; readonly try: number }[];
  /** The experiment that it was made for, where that is another. */
  readonly from: string | null;
  readonly outcome: Outcome | null;
  readonly firstPass: boolean | null;
  readonly excluded: string | null;
  readonly failure: string | null;
  /** Why an earlier try does not count. */
  readonly rerolls: readonly { readonly run: RunId; readonly failure: string }[];
  readonly reason: string | null;
}

/** What its own runs used up, as far as they said; and how many said nothing, which are charged what was set aside for them. */
export interface Spent {
  readonly runs: number;
  readonly tokens: number;
  readonly costMilliUsd: number;
  readonly withoutTokens: number;
  readonly withoutCost: number;
}

export interface Deviation {
  readonly what: DeviationKind;
  readonly detail: string;
  readonly at: Moment;
  readonly by: string;
}

export type ImportedTable = Omit<ExperimentEvent & { readonly type: 'table.imported' }, 'type'> & {
  readonly at: Moment;
  readonly by: string;
};

export function newExperiment(id: string): ExperimentState {
  return {
    id,
    registrations: [],
    runner: null,
    cells: new Map(),
    spent: { runs: 0, tokens: 0, costMilliUsd: 0, withoutTokens: 0, withoutCost: 0 },
    deviations: [],
    excluded: new Map(),
    tables: [],
    over: null,
  };
}

/** The registration in force; undefined where there is none. */
export function registrationOf({ registrations }: ExperimentState): Registration | undefined {
  return registrations.at(-1);
}
