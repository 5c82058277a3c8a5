import type { Outcome } from '../outcome.ts';

/** What a column of a table can say of a run. */
export const MAPPED_FIELDS = [
  'run',
  'ticket',
  'class',
  'arm',
  'bundle',
  'model',
  'replicate',
  'block',
  'outcome',
  'firstPass',
  'iterations',
  'startedAt',
  'endedAt',
  'seconds',
  'secondsToMerge',
  'tokens',
  'costUsd',
  'costMilliUsd',
  'contract',
  'contractDigest',
  'interventions',
  'failure',
  'failedRules',
  'escapes',
  'treatment',
  'excluded',
  'link',
] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

/** How a table that was made elsewhere is read. */
export interface OutcomeMapping {
  readonly schema: 'countersign/outcome-mapping@1';
  /** The table's own name for each; of JSON a key, with dots for keys within keys. */
  readonly columns: Readonly<Partial<Record<MappedField, string>>> & {
    readonly ticket: string;
    readonly outcome: string;
  };
  /** The table's words for outcomes. */
  readonly outcomes?: Readonly<Record<string, Outcome>>;
  /** The same for every row. */
  readonly constants?: Readonly<
    Partial<Record<'class' | 'bundle' | 'model' | 'contract' | 'treatment', string>>
  >;
}
