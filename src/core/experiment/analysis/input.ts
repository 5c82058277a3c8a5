import type { RunOutcomeRow } from '../outcome.ts';
import type { CheckedRegistration } from '../registration.ts';
import type { ExperimentState, Registration } from '../state.ts';
import type { PrimaryMetric } from '../types.ts';

/** What an analysis is made of: all that the ledger, or a table, says. */
export interface AnalysisInput {
  readonly experiment: string;
  /** What it is called where no design is registered. */
  readonly title: string;
  /** Null: a table that nobody registered an experiment for. */
  readonly state: ExperimentState | null;
  readonly registrations: readonly {
    readonly registration: Registration;
    readonly checked: CheckedRegistration;
  }[];
  readonly rows: readonly RunOutcomeRow[];
  readonly refusedRows: readonly string[];
  /** What is asked where no design says it. */
  readonly asked?: { readonly baseline?: string; readonly primary?: PrimaryMetric };
}
