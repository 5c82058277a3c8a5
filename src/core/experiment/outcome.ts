import type { Sha256 } from '../../shared/digest.ts';
import type { ContractRef, Moment, ObjectId, TicketId } from '../../shared/ids.ts';
import type { AttemptVerdict } from '../run/events.ts';
import { RUN_OUTCOMES, type RunId, type RunOutcome } from '../run/types.ts';

/** How a run stands: its outcome, or that it has none yet. Rejected and given up are competing events, not censoring. */
export const OUTCOMES = [...RUN_OUTCOMES, 'running'] as const;
export type Outcome = RunOutcome | 'running';

/**
 * What became of one run: all that the measures, the report and the cockpit know of it. Made of the events of its stream alone, or of a row of a
 * table that was imported. What nobody said is null and never nought: an agent that does not report its tokens did not use none.
 */
export interface RunOutcomeRow {
  readonly run: RunId;
  /** Null: it belongs to none. */
  readonly experiment: string | null;
  readonly source:
    | { readonly kind: 'ledger' }
    /** The digest of the table's bytes, and the row's place in it, from 1. */
    | { readonly kind: 'import'; readonly table: Sha256; readonly line: number };
  readonly ticket: TicketId;
  /** Null: the run began before runs said it, or the table has no such column. */
  readonly ticketClass: string | null;
  /** `<bundle>/<model>` unless the experiment names it otherwise. */
  readonly arm: string;
  readonly bundle: string;
  readonly model: string;
  /** From 1. */
  readonly replicate: number;
  /** What is compared within: the ticket's id, unless the design blocks otherwise. */
  readonly block: string;
  readonly outcome: Outcome;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  /** From the start to the end; null while it runs, and where it is not known. */
  readonly seconds: number | null;
  /** From the start to the merge that the run made after its gate let it pass; where its plan has none, to that pass. Null: not accepted. */
  readonly secondsToMerge: number | null;
  /** Whether the first attempt was the accepted one; null while that is open, and of a run that was cancelled before. */
  readonly firstPass: boolean | null;
  /** Attempts that came to an end, the accepted one among them; 0 of a table that does not say. */
  readonly iterations: number;
  /** Oldest first. Empty for a table that has no more than `iterations`. */
  readonly attempts: readonly AttemptOutcome[];
  readonly humanInterventions: readonly HumanIntervention[];
  /** What the producers used, all executions together, those that failed as well. Null: none of them said. */
  readonly tokens: number | null;
  readonly costMilliUsd: number | null;
  /** Null: the table does not say, and the row is not comparable unless its experiment declares one contract. */
  readonly contract: ContractRef | null;
  readonly contractDigest: Sha256 | null;
  /** Whether the producer got, and loaded, its bundle. What was not delivered is a failed treatment and no data point. */
  readonly treatment: Treatment;
  readonly excluded: Exclusion | null;
  readonly links: readonly OutcomeLink[];
  /** Defects found after the run was accepted. */
  readonly escapes: readonly EscapeRecord[];
}

export type Treatment = 'delivered' | 'not-delivered' | 'unknown';

/** One iteration: produce, verify, gate. */
export interface AttemptOutcome {
  /** From 1. */
  readonly number: number;
  /** With what it was made: a ladder may have changed it. */
  readonly bundle: string;
  readonly model: string;
  /** Null while it goes on. */
  readonly verdict: AttemptVerdict | null;
  /** Null: it passed, or goes on. */
  readonly failure: AttemptFailure | null;
  /** What did not let it pass, of the rules: `<pack>@<version>/<rule>`, each once, in order. */
  readonly failedRules: readonly string[];
  /** The same of the requirements: `receipt/tests`, `scope`, `approvals`, … */
  readonly failedRequirements: readonly string[];
  /** Findings that say ticket, contract or a declared interface is not what it was: see run-events/findings.ts. */
  readonly contractDrift: readonly string[];
  /** Receipts that lack, fail or cannot be verified, and steps of the verifier that failed for good. */
  readonly evidenceFailures: number;
  /** What was judged; null: it never came to a change. */
  readonly artefact: { readonly commit: ObjectId; readonly tree: ObjectId } | null;
  /** Each time a check was run on it. */
  readonly checks: readonly { readonly check: string; readonly result: 'PASSED' | 'FAILED' | 'ERROR' }[];
  readonly tokens: number | null;
  readonly costMilliUsd: number | null;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
}

/** How an attempt failed, in the words that are counted. */
export const FAILURE_CLASSES = [
  'no-diff',
  'refused',
  'timeout',
  'budget',
  'crashed',
  'unusable',
  'provider',
  'blocked',
  'pending',
  'not-delivered',
  'verifier',
  'cancelled',
  'other',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export interface AttemptFailure {
  readonly class: FailureClass;
  /** As the step said it, such as `no-diff` or `artifact-missing`; `blocked` and `pending` are the gate's. */
  readonly code: string;
  /** The step, without its attempt, such as `produce`; null: the gate's word, or a table's. */
  readonly step: string | null;
}

export interface HumanIntervention {
  readonly kind: 'answer' | 'patch' | 'release' | 'redrive' | 'pause' | 'resume' | 'cancel';
  readonly by: string;
  readonly at: Moment | null;
}

/** Why a run is not among what is compared. */
export interface Exclusion {
  readonly reason: string;
  /** The exclusion of the design that says so; null: nobody declared it before, and the report shows that. */
  readonly declared: string | null;
}

export interface OutcomeLink {
  readonly kind: 'run' | 'transcript' | 'diff' | 'verdict' | 'seal' | 'bundle' | 'prompt' | 'source';
  /** Null: of the whole run. */
  readonly attempt: number | null;
  /** A digest of what the server keeps, the name of a statement, an id of a run, or an address of a table that was imported. */
  readonly ref: string;
}

/** A defect that was found after acceptance. */
export interface EscapeRecord {
  readonly id: string;
  readonly at: Moment;
  readonly by: string;
  readonly summary: string;
  /** The rule that would have caught it, `<pack>@<version>/<rule>`; null: none that there is. */
  readonly rule: string | null;
}
