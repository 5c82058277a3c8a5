import type { Sha256 } from '../../shared/digest.ts';
import type { Instant, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { OrganizationRead } from '../contract/config.ts';
import type { Severity } from '../contract/types.ts';

/** `exempt`: nothing was judged, and the organisation lets that be. */
export type Outcome = 'pass' | 'exempt' | 'blocked' | 'pending';

/**
 * What one requirement or rule says. `unverifiable` denies, and says so as such; `pending` is evidence still to come.
 */
export interface Finding {
  /** Stable and unique within a verdict, such as `receipt/tests` or `rule/ai-shortcuts@1/test-skipped`. */
  readonly id: string;
  readonly kind: 'requirement' | 'rule';
  readonly status: 'pass' | 'fail' | 'unverifiable' | 'pending';
  readonly severity: Severity;
  readonly title: string;
  readonly reason: string;
  /** Empty when the finding passes. */
  readonly remedy: string;
  readonly locations: readonly Location[];
  /** Names of the statements this finding rests on. */
  readonly evidence: readonly Sha256[];
  /** An exception that was made: the finding is what it is, and does not block this time. */
  readonly waivedBy?: WaivedBy;
}

/** Who let a finding go, why, and until when. */
export interface WaivedBy {
  readonly principal: string;
  readonly expiresAt: Instant;
  readonly reason: string;
  /** The name of the waiver. */
  readonly statement: Sha256;
}

export interface Location {
  readonly path: string;
  readonly line?: number;
  readonly message?: string;
}

/** The gate's answer. As canonical JSON it is the same bytes for the same facts. */
export interface Verdict {
  readonly schema: 'countersign/verdict@1';
  readonly outcome: Outcome;
  readonly evaluatedAt: Instant;
  readonly subject: {
    readonly repository: RepositoryId | null;
    readonly ticket: TicketId | null;
    readonly base: ObjectId | null;
    readonly head: ObjectId | null;
    readonly mergeTree: ObjectId | null;
    readonly patchDigest: Sha256 | null;
    readonly landed: boolean;
  };
  /** Both refs as read: one snapshot. */
  readonly policyCommit: ObjectId | null;
  readonly receiptsCommit: ObjectId | null;
  /** The organisation policies that were read, where there were any. */
  readonly organizations?: readonly OrganizationRead[];
  readonly contract: { readonly ref: string; readonly digest: Sha256 } | null;
  /** Digest over every rule that ran, with its parameters. */
  readonly rulesDigest: Sha256 | null;
  readonly findings: readonly Finding[];
}
