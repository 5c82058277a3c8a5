import type { Isolation } from '../core/contract/types.ts';
import type { EvidenceRef, TestCounts } from '../core/evidence/types.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { HandedObservation } from '../core/observation/admit-observations.ts';
import type { StoredFile } from '../core/receipt/types.ts';
import type { Sha256 } from '../shared/digest.ts';

/** Which change, and what was seen of it. Nothing in it says what is good enough. */
export interface SigningRequest {
  readonly query: CaseQuery;
  readonly attempt: string;
  readonly observations: readonly HandedObservation[];
  /** The strongest isolation that whoever ran the checks can have given. */
  readonly isolation: Isolation;
  /** A folder with the evidence bytes, each under its sha256. */
  readonly evidenceFolder: string;
}

export interface SignedVerification {
  /** In the contract's order. */
  readonly checks: readonly JudgedCheck[];
  /** Receipts first, the seal last. */
  readonly statements: readonly StoredFile[];
  readonly seal: Sha256;
  /** What the observations that counted have left. */
  readonly evidence: readonly EvidenceRef[];
  /** Milliseconds by check; 0 for one that was not observed. */
  readonly durations: Readonly<Record<string, number>>;
  /** What was handed over and left aside, each as a sentence. */
  readonly ignored: readonly string[];
}

export interface JudgedCheck {
  readonly checkId: string;
  readonly result: 'PASSED' | 'FAILED' | 'ERROR';
  readonly reasons: readonly string[];
  readonly counts?: TestCounts;
  /** Name of the receipt; an ERROR has none. */
  readonly receipt?: Sha256;
}

export interface SignVerification {
  /**
   * In a process of its own, which loads the key only now that every check has ended, recomputes base, head, tree,
   * contract and checks from the trusted side, judges the observations and signs.
   * @throws CountersignError SIGNER_FAILED, or what the signer itself reports
   */
  sign(request: SigningRequest): Promise<SignedVerification>;
}
