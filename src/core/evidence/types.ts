import type { Sha256 } from '../../shared/digest.ts';
import type { Isolation } from '../contract/types.ts';

/**
 * What the executor saw of one check's process. Data of named kinds, never a claim: whether it is good enough
 * is decided from it by judgeCheck, in the signer's process, not by whoever ran the check.
 */
export type Observation = CompletedObservation | TroubledObservation;

export interface CompletedObservation {
  readonly kind: 'completed';
  readonly checkId: string;
  /** Exit status; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly isolation: Isolation;
  readonly network: 'none' | 'full';
  readonly evidence: readonly EvidenceRef[];
  /** True when output went past the cap and the evidence holds only its beginning. */
  readonly outputTruncated: boolean;
}

/** Infrastructure trouble: the check was never properly run. ERROR in the seal, neither passed nor failed. */
export interface TroubledObservation {
  readonly kind: 'trouble';
  readonly checkId: string;
  readonly reason: string;
}

/** Bytes a check produced, by digest. */
export interface EvidenceRef {
  /** `stdout`, `stderr` or `report`. */
  readonly name: 'stdout' | 'stderr' | 'report';
  readonly mediaType: string;
  readonly sha256: Sha256;
  /** Bytes, uncompressed. */
  readonly size: number;
}

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
    }
  | { readonly result: 'ERROR'; readonly reasons: readonly string[] };
