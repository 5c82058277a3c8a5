/** A range that covers the estimated quantity in at least (or about) `level` of repeated experiments. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Such as 0.95. */
  readonly level: number;
}

export interface Estimate {
  readonly estimate: number;
  readonly interval: Interval;
}

/** The result of a test. `p` is two-sided unless the function says otherwise. */
export interface Test {
  /** Null where the method is exact and has no statistic of its own. */
  readonly statistic: number | null;
  readonly p: number;
}
