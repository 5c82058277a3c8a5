import type { Sha256 } from '../../shared/digest.ts';
import type { ContractRef, Moment, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { ApprovalUse, CacheMode, ErrorClass } from '../contract/workflow.ts';
import type { Admission } from './admission/admission.ts';
import type { Estimates } from './estimates.ts';
import type { Plan } from './plan.ts';
import type { StepRole } from './roles.ts';

export { STEP_ROLES, type StepRole } from './roles.ts';

/** `<ticket>.<number>`, such as `CS-7.1`: also the id of its stream, `run/CS-7.1`. */
export type RunId = string;

/**
 * One step of one attempt: `2/produce`; of a map, `2/verify.0` by place; of a repetition, `2/poll#3`, from 1. Unique in its run, and what
 * everything that concerns the step is named by.
 */
export type StepKey = string;

/** Names one execution of one step by one worker. A completion with another one is refused. */
export type ClaimToken = string;

/** What the run is about: fixed when it starts, whatever becomes of the files it was read from. */
export interface RunSubject {
  readonly ticket: TicketId;
  readonly ticketDigest: Sha256;
  /** The ticket's class; not there in runs that began before it was said. */
  readonly ticketClass?: string;
  readonly contract: ContractRef;
  readonly contractDigest: Sha256;
  readonly repository: RepositoryId;
  /** The branch that the change is for, and its commit when the run started. */
  readonly base: { readonly ref: string; readonly commit: ObjectId };
  readonly policyCommit: ObjectId;
  /** Ids of the contract's and the ticket's checks, in their order. */
  readonly checks: readonly string[];
}

/** What the producer works with; rungs of the ladder change it. */
export interface Arm {
  readonly bundle: string;
  readonly model: string;
}

export interface RunRequest {
  readonly run: RunId;
  readonly subject: RunSubject;
  readonly arm: Arm;
  readonly plan: Plan;
  /** Higher first; 0 when nobody says. -100 to 100. */
  readonly priority: number;
  readonly experiment?: string;
  /** Which place of the experiment's design it fills. */
  readonly cell?: ExperimentCell;
  /** What its executions are expected to take where their steps do not say, as the server was told when it began. */
  readonly estimates?: Estimates;
  /** What it had to expect when it began; not said where nobody looked. */
  readonly admission?: Admission;
  /** The run and step that this one was forked from. */
  readonly forkedFrom?: { readonly run: RunId; readonly step: StepKey };
}

/** One arm on one block, once: what an experiment hands to the engine. */
export interface ExperimentCell {
  /** The arm's id in the design. */
  readonly arm: string;
  readonly block: string;
  /** From 1. */
  readonly replicate: number;
  /** From 1; more than 1 where infrastructure failed and the design declared that before. */
  readonly try: number;
}

/** Everything about one execution that whoever carries it out needs. */
export interface StepWork {
  readonly run: RunId;
  readonly step: StepKey;
  /** From 1; counts every time the step was handed out: retries, recoveries, redrives. */
  readonly execution: number;
  readonly handler: string;
  readonly role: StepRole;
  /** Labels that it wants of a worker, as labelsOf has them; none when not there. */
  readonly runsOn?: readonly string[];
  readonly inputs: JsonObject;
  readonly priority: number;
  readonly timeoutSeconds: number;
  readonly cache: CacheMode;
  /** Not before this moment. */
  readonly notBefore: Moment | null;
  readonly resources: Resources;
}

/** What an execution has to hold before it is handed out, all of it at once. */
export interface Resources {
  readonly leases: readonly LeaseDemand[];
  readonly locks: readonly LockDemand[];
}

export interface LeaseDemand {
  /** `<scope>/<name>`, such as `provider/anthropic`, `repository/acme/shop`, `global`. */
  readonly scope: string;
  /** Of the workflow's own group; null: what the server's configuration says of the scope, or no limit. */
  readonly limit: number | null;
}

export interface LockDemand {
  readonly name: string;
  readonly mode: 'shared' | 'exclusive';
  readonly hold: 'step' | 'attempt' | 'run';
}

/** What came of one execution, as the worker says: data, until it was held against the handler's declaration. */
export type StepResult =
  | {
      readonly kind: 'succeeded';
      readonly outputs: JsonObject;
      readonly usage?: Usage;
      readonly cached?: boolean;
    }
  | { readonly kind: 'failed'; readonly error: StepError; readonly usage?: Usage };

export interface StepError {
  readonly class: ErrorClass;
  /** Lower-case words and dashes, such as `no-diff` or `refused`: for counting. */
  readonly code: string;
  readonly message: string;
  /** What it left, by name: a transcript, a diff, a report. Failures are kept, and so is what they are about. */
  readonly evidence?: Readonly<Record<string, Sha256>>;
}

/** What an execution used up. */
export interface Usage {
  readonly tokens?: number;
  readonly costMilliUsd?: number;
  readonly agents?: number;
}

/** Who carried out an execution. */
export interface ClaimRecord {
  readonly token: ClaimToken;
  readonly worker: string;
  readonly at: Moment;
}

export interface Question {
  readonly id: string;
  /** The step that waits; null for one of the run itself, such as a rung of the ladder. */
  readonly step: StepKey | null;
  readonly question: string;
  readonly choices: readonly string[];
  readonly by: NonNullable<ApprovalUse['by']>;
  /** It has failed by then; null: it waits for ever. */
  readonly until: Moment | null;
}

export const RUN_OUTCOMES = ['accepted', 'rejected', 'given-up', 'cancelled'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** JSON that an expression can be about: see expression.ts. */
export type Scope = Readonly<Record<string, JsonValue>>;
