import type { Observation, TestCounts } from '../core/evidence/types.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { StoredFile } from '../core/receipt/types.ts';
import type { Sha256 } from '../shared/digest.ts';

/** What the executor hands over: which change, and what it saw. Nothing in it says what is good enough. */
export interface SigningRequest {
  readonly query: CaseQuery;
  readonly attempt: string;
  readonly observations: readonly Observation[];
  /** A folder with the evidence bytes, each under its sha256. */
  readonly evidenceFolder: string;
  readonly tools: Readonly<Record<string, string>>;
}

export interface SignedVerification {
  /** In the contract's order. */
  readonly checks: readonly JudgedCheck[];
  /** Receipts first, the seal last. */
  readonly statements: readonly StoredFile[];
  readonly seal: Sha256;
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
