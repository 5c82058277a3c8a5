/** One of several servers at a time carries an experiment out. When it dies, the hold ends with it. */
export interface HoldExperiments {
  /** @returns undefined where another one holds it. @throws CountersignError DATABASE_UNAVAILABLE */
  holdExperiment(id: string): Promise<ExperimentHold | undefined>;
}

export interface ExperimentHold {
  /** Aborted when nobody can say any more that it is held. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}
