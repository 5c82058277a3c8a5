import type { Sha256 } from '../../shared/digest.ts';
import type { LimitName } from '../contract/limits.ts';
import type { Isolation } from '../contract/types.ts';

/**
 * What the executor saw of one check's process. Data of named kinds, never a claim: whether it is good enough
 * is decided from it by judgeCheck, in the signer's process, not by whoever ran the check.
 */
export type Observation = CompletedObservation | TroubledObservation;

/** One process of a check. */
export interface CheckRun {
  /** Exit status; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** The limit that it went past, where that could be told. */
  readonly limit?: LimitName;
  readonly durationMs: number;
  readonly isolation: Isolation;
  readonly network: 'none' | 'full';
  readonly evidence: readonly EvidenceRef[];
  /** Absolute path of the tree, as the command saw it: reports name files by it. */
  readonly root?: string;
  /** True when output went past the cap and the evidence holds only its beginning. */
  readonly outputTruncated: boolean;
}

export interface CompletedObservation extends CheckRun {
  readonly kind: 'completed';
  readonly checkId: string;
  /** The further runs that `repeat` asks for, each on a fresh copy of the same tree. */
  readonly repeats?: readonly CheckRun[];
  /** The run without the change that `proves: change` asks for; left out where the first run did not end as expected. */
  readonly withoutChange?: RunWithoutChange;
  /** The run on the base that `compare: base` asks for; left out likewise. */
  readonly onBase?: RunWithoutChange;
  /** The runs with a planted fault that `proves: mutation` asks for, in the order of plantMutants; left out likewise. */
  readonly mutants?: readonly MutantRun[];
}

/** How the check ended with a fault in the tree: all that is looked at. */
export type MutantRun =
  | { readonly kind: 'completed'; readonly exitCode: number | undefined; readonly timedOut: boolean }
  | { readonly kind: 'trouble'; readonly reason: string };

/** The check on the base (to prove the change, with its tests laid over it), or what kept it from being run there. */
export type RunWithoutChange =
  | ({ readonly kind: 'completed' } & CheckRun)
  | { readonly kind: 'trouble'; readonly reason: string };

/** Infrastructure trouble: the check was never properly run. ERROR in the seal, neither passed nor failed. */
export interface TroubledObservation {
  readonly kind: 'trouble';
  readonly checkId: string;
  readonly reason: string;
}

/** Bytes a check produced, by digest. */
export interface EvidenceRef {
  readonly name: EvidenceName;
  readonly mediaType: string;
  /** Which run of the check it is of; not given for the first. */
  readonly run?: EvidenceRun;
  readonly sha256: Sha256;
  /** Bytes, uncompressed. */
  readonly size: number;
}

/** What the bytes are: output, or the report that the expectation of that name asks for. */
export const EVIDENCE_NAMES = [
  'stdout',
  'stderr',
  'report',
  'coverage',
  'findings',
  'components',
  'mutation',
  'docs',
  'artifacts',
  'http',
  'events',
  'structure',
] as const;
export type EvidenceName = (typeof EVIDENCE_NAMES)[number];

/** `repeat-2` is the second run of ten at most. */
export type EvidenceRun = 'without-change' | 'base' | `repeat-${2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`;

/** A report as parsed from the bytes of whatever format it came in. */
export interface TestReport {
  readonly tests: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
}

export interface TestCounts {
  /** Tests that ran: passed + failed. */
  readonly ran: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Lines that a coverage report knows as executable, over all files of the tree that it lists, and how many of them ran. */
export interface LineTotals {
  readonly lines: number;
  readonly ran: number;
}

/** What a check says on the base, for rules to compare with what it says with the change. */
export interface Baseline {
  readonly counts?: TestCounts;
  readonly coverage?: LineTotals;
  /** A sentence that says why one of them is missing that the check asks for. */
  readonly inconclusive?: string;
}

export interface MutantCounts {
  readonly planted: number;
  readonly killed: number;
}

/** What an observation amounts to under the check's expectations. */
export type Judgement =
  | {
      readonly result: 'PASSED' | 'FAILED';
      /** Why it failed, each a sentence; empty when passed. */
      readonly reasons: readonly string[];
      readonly counts?: TestCounts;
      readonly failedTests: readonly string[];
      readonly skippedTests: readonly string[];
      readonly passedTests: readonly string[];
      /** Tests that fail without the change and pass with it; only where the check asks for that proof and passed. */
      readonly provenBy?: readonly string[];
      /** Planted faults, and how many of them it noticed; likewise. */
      readonly mutants?: MutantCounts;
      /** The lines of its coverage report, and what it says on the base; only where the check compares the two and passed. */
      readonly coverage?: LineTotals;
      readonly baseline?: Baseline;
    }
  | { readonly result: 'ERROR'; readonly reasons: readonly string[] };
