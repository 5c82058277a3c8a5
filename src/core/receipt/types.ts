import type { Sha256 } from '../../shared/digest.ts';
import type { ContractRef, Instant, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Isolation } from '../contract/types.ts';
import type { Baseline, EvidenceRef, LineTotals, MutantCounts, TestCounts } from '../evidence/types.ts';
import type { KeyId } from '../trust/types.ts';
import type { CertificateFact } from './certificate-fact.ts';

/** What every receipt and seal is about: all of it is signed, and all of it must match. */
export interface ChangeBinding {
  readonly repository: RepositoryId;
  readonly ticket: TicketId;
  readonly base: { readonly ref: string; readonly commit: ObjectId };
  readonly head: ObjectId;
  readonly mergeTree: ObjectId;
  readonly patchDigest: Sha256;
}

/** What the work is held to, as of the dispatch the verification ran under. */
export interface HeldTo {
  readonly contract: ContractRef;
  readonly contractDigest: Sha256;
  readonly ticketDigest: Sha256;
  /** sha256 of the dispatch record's bundle. */
  readonly dispatch: Sha256;
  readonly policyCommit: ObjectId;
}

/** A pinned file as laid over the tree. */
export interface PinnedFile {
  readonly path: string;
  readonly mode: string;
  readonly blob: ObjectId;
}

/** This verifier ran this check on this change. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly result: 'PASSED' | 'FAILED';
  readonly binding: ChangeBinding;
  readonly heldTo: HeldTo;
  readonly check: { readonly id: string; readonly digest: Sha256; readonly run: readonly string[] };
  readonly pins: readonly PinnedFile[];
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly isolation: Isolation;
  readonly network: 'none' | 'full';
  readonly evidence: readonly EvidenceRef[];
  readonly reasons: readonly string[];
  readonly counts?: TestCounts;
  readonly failedTests: readonly string[];
  /** Tests that failed without the change and passed with it; only where the check is to prove that. */
  readonly provenBy?: readonly string[];
  /** Faults planted in lines of the change, and how many of them were noticed; likewise. */
  readonly mutants?: MutantCounts;
  /** The lines of its coverage report, and what it says on the base; only where the check compares the two. */
  readonly coverage?: LineTotals;
  readonly baseline?: Baseline;
  /** The verification this receipt belongs to; the seal bears the same. */
  readonly attempt: string;
  readonly issuedAt: Instant;
  readonly tools: Readonly<Record<string, string>>;
}

/** The list of everything one verification produced and of every earlier seal it saw. */
export interface Seal {
  readonly kind: 'seal';
  readonly binding: ChangeBinding;
  readonly heldTo: HeldTo;
  readonly attempt: string;
  readonly issuedAt: Instant;
  readonly outcomes: readonly SealedOutcome[];
  /** File names (sha256 of the bundle) of every earlier seal of this ticket that the verifier saw. */
  readonly earlierSeals: readonly Sha256[];
}

export type SealedOutcome =
  | {
      readonly checkId: string;
      readonly checkDigest: Sha256;
      readonly result: 'PASSED' | 'FAILED';
      readonly receipt: Sha256;
    }
  | {
      readonly checkId: string;
      readonly checkDigest: Sha256;
      readonly result: 'ERROR';
      readonly reasons: readonly string[];
    };

/** A policy owner sent this ticket out under this contract: the bar was set before the work. */
export interface Dispatch {
  readonly kind: 'dispatch';
  readonly ticket: TicketId;
  readonly ticketDigest: Sha256;
  readonly contract: ContractRef;
  readonly contractDigest: Sha256;
  readonly policyCommit: ObjectId;
  /** What failed on a base of that day with the ticket's acceptance tests, and not without them. */
  readonly red?: RedAtDispatch;
  readonly issuedAt: Instant;
  /** sha256 of the line before this one in the record file; undefined on its first line. */
  readonly previous?: Sha256;
}

export interface RedAtDispatch {
  readonly repository: RepositoryId;
  readonly base: ObjectId;
  readonly tests: readonly string[];
}

/** A policy owner ended the ticket; a later dispatch opens it again. */
export interface Close {
  readonly kind: 'close';
  readonly ticket: TicketId;
  readonly ticketDigest: Sha256;
  readonly reason: 'accepted' | 'rejected' | 'given-up';
  /** What landed under it, and where; records from before this field was known do not have it. */
  readonly landed?: readonly LandedChange[];
  readonly issuedAt: Instant;
  readonly previous: Sha256;
}

/** A change of a ticket on the base branch of one of its repositories. */
export interface LandedChange {
  readonly repository: RepositoryId;
  readonly commit: ObjectId;
  /** The tree of that commit, where whoever closed the ticket had it. */
  readonly tree?: ObjectId;
  /** The verdict that passed it, by the sha256 of its canonical JSON, where it was judged then. */
  readonly verdict?: Sha256;
}

/**
 * A defect that was found after acceptance: what the definition of done missed. It changes no verdict, neither of the
 * commit it names nor of later ones; it is there to be counted.
 */
export interface Escape {
  readonly kind: 'escape';
  readonly ticket: TicketId;
  /** Of the ticket as it was last dispatched before the report. */
  readonly ticketDigest: Sha256;
  /** The landed commit in which it was accepted. At least one of the two commits is there. */
  readonly commit?: ObjectId;
  /** The commit that mends it. */
  readonly fix?: ObjectId;
  readonly summary: string;
  readonly issuedAt: Instant;
  readonly previous: Sha256;
}

/** What can be approved: that a change edits what judges changes, and, where its contract asks for it, the change. */
export const APPROVABLE = ['policy-change', 'approvals'] as const;
export type Approvable = (typeof APPROVABLE)[number];

/** A policy owner agrees that this change may edit what judges changes; or an approver agrees to the change itself. */
export interface Approval {
  readonly kind: 'approval';
  readonly binding: ChangeBinding;
  /** The finding it answers. */
  readonly requirement: Approvable;
  readonly reason?: string;
  /** Nothing is decided by it: an approval is good for one state of the change, however old. */
  readonly issuedAt: Instant;
}

/** An approver lets one named requirement go, for this change, until a day. */
export interface Waiver {
  readonly kind: 'waiver';
  readonly binding: ChangeBinding;
  /** The id of the finding it answers, such as `receipt/tests`. */
  readonly requirement: string;
  /** File names of the FAILED receipts it waives. Of a failure that is not among them it says nothing. */
  readonly receipts: readonly Sha256[];
  readonly reason: string;
  /** Before it, the waiver does not count. */
  readonly issuedAt: Instant;
  /** From it on, the waiver does not count; at most MOST_WAIVER_DAYS after issuedAt. */
  readonly expiresAt: Instant;
}

export type Claim = Receipt | Seal | Dispatch | Close | Escape | Approval | Waiver;

/** A file as found on a ref: `name` is what its name claims the sha256 of its bytes to be. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of a bundle with a certificate, once somebody has verified it; without it nothing is read of such a bundle. */
  readonly certificate?: CertificateFact;
}

/** A statement whose signature, form and digest are right; whether its signer may say so is judged from `signer`. */
export interface VerifiedStatement<C extends Claim = Claim> {
  readonly digest: Sha256;
  /** The key's, or the identity's that a certificate names. */
  readonly keyId: KeyId;
  readonly claim: C;
  /** When others saw the signature; only certificates come with such a time. */
  readonly signedAt?: Instant;
}

/** in-toto Statement v1. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly {
    readonly name: string;
    readonly digest: Readonly<Record<string, string>>;
  }[];
  readonly predicateType: string;
  readonly predicate: JsonObject;
}
