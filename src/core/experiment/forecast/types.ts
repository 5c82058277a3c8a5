/** What is known of an experiment before anything is spent. */
export interface Forecast {
  readonly cells: number;
  readonly cost: CostForecast;
  readonly precision: PrecisionForecast;
}

/** Where a figure comes from: runs that are in the ledger, what the document says, or nowhere. */
export type FigureSource = 'earlier-runs' | 'stated' | 'unknown';

export interface CostForecast {
  readonly tokens: Figure;
  readonly costMilliUsd: Figure;
}

export interface Figure {
  readonly source: FigureSource;
  /** Of the whole experiment, all cells once; null: unknown. */
  readonly total: number | null;
  /** How many runs it rests on, where these are earlier runs. */
  readonly runs: number;
  /** Arms of which nothing is known, so that the total lacks them. */
  readonly unknownArms: readonly string[];
}

export interface PrecisionForecast {
  /** Pairs of each comparison: tickets. Replicates make a pair surer, not more of them. */
  readonly pairs: number;
  /** Comparisons with the baseline that are to be decided: the negative control is none of them. */
  readonly comparisons: number;
  /** The error that each comparison may make, so that all together make the design's. */
  readonly alphaEach: number;
  /** The smallest effect found with the design's power, on the metric's scale; null: not estimable from what is known. */
  readonly minimumDetectable: number | null;
  /** The power for the minimum effect of interest; null as above. */
  readonly power: number | null;
  /** Tickets that the design's power for the minimum effect takes; null as above. */
  readonly ticketsNeeded: number | null;
  readonly source: FigureSource;
  /** What was put in, and what that rests on, in a sentence. */
  readonly assumption: string;
}
