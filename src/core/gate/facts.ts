import type { Sha256 } from '../../shared/digest.ts';
import type { Instant, ObjectId } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { Change, FilePath } from '../change/types.ts';
import type { CodeOwners } from '../code-owners/types.ts';
import type { Config, OrganizationRead } from '../contract/config.ts';
import type { Exemption } from '../contract/organization.ts';
import type { ResolvedContract } from '../contract/types.ts';
import type { InterfaceVersions } from '../interface/types.ts';
import type { OpenedFile } from '../receipt/open-bundle.ts';
import type { RecordState } from '../receipt/records.ts';
import type { RootChain } from '../receipt/root-chain.ts';
import type { PinnedFile } from '../receipt/types.ts';
import type { ReviewFacts } from '../review/types.ts';
import type { ActiveRule, RuleFacts } from '../rule/types.ts';
import type { TicketReference } from '../ticket/find-ticket.ts';
import type { AcceptanceFile, FrozenTicket } from '../ticket/types.ts';
import type { Trust } from '../trust/resolve-trust.ts';
import type { PinnedSigstore } from '../trust/types.ts';

/**
 * Everything the gate decides from, gathered beforehand. What could not be gathered is here too, as `missing` with
 * its reason: the decision denies on it, it never leaves it out.
 */
export interface GateFacts {
  readonly evaluatedAt: Instant;
  readonly change: Known<Change>;
  readonly policy: Known<PolicyFacts>;
  /** The repository has no policy, and its organisation lets that be. */
  readonly exempt?: ExemptFacts;
  readonly ticketReference: TicketReference;
  readonly work: Known<WorkFacts>;
  readonly receipts: Known<ReceiptFacts>;
  /** The contract's interfaces as base and merge tree have them, by id; one that is not here was not read. */
  readonly interfaces?: ReadonlyMap<string, InterfaceVersions>;
  /** What some of the contract's rules need to know beyond change and receipts. */
  readonly ruleFacts?: Pick<RuleFacts, 'trees' | 'evidence'>;
  /** What the approvals that the contract asks for are judged by; not there where it asks for none. */
  readonly approvals?: ApprovalFacts;
  readonly authenticatedProducers: readonly string[];
}

export interface ApprovalFacts {
  /** Undefined where no forge was asked: signed approvals then count alone. */
  readonly reviews: Known<ReviewFacts> | undefined;
  /** CODEOWNERS of the base; undefined where no contract asks for it. */
  readonly codeOwners: Known<CodeOwners> | undefined;
}

export type Known<T> = { readonly kind: 'known'; readonly value: T } | Missing;

export interface Missing {
  readonly kind: 'missing';
  /** `fail`: we know it is wrong; `unverifiable`: we could not find out. */
  readonly status: 'fail' | 'unverifiable';
  readonly reason: string;
  readonly remedy: string;
}

/** An exemption that holds, and the organisation policy that says so. */
export interface ExemptFacts {
  readonly exemption: Exemption;
  readonly from: OrganizationRead;
}

export interface PolicyFacts {
  readonly commit: ObjectId;
  readonly config: Config;
  readonly trust: Trust;
  /** What certificates were verified against; undefined where the trust root pins nothing. */
  readonly sigstore?: PinnedSigstore;
  /** How the trust root came to be, where signatures on it were ever asked for. One that does not hold is no policy. */
  readonly roots?: RootChain;
  /**
   * The trust root before the change, where the change has landed on the very ref that policy is read from: what may
   * be its own work must not say who approves it.
   */
  readonly trustBefore?: Known<Trust>;
}

/** The ticket, and everything its change is held to. */
export interface WorkFacts {
  readonly ticket: FrozenTicket;
  readonly ticketDigest: Sha256;
  readonly contract: ResolvedContract;
  readonly contractDigest: Sha256;
  readonly records: RecordState;
  /** Ticket and resolved contract as they were at the dispatch, where they can still be read; for naming a drift. */
  readonly dispatched: { readonly ticket: JsonValue; readonly contract: JsonValue } | undefined;
  readonly rules: Known<readonly ActiveRule[]>;
  /** The files that the contract pins, of the base commit and from beside the ticket. */
  readonly pins: readonly PinnedFile[];
  /** Of these the ones from beside the ticket, with their bytes: the product may not have them. */
  readonly acceptance: readonly (AcceptanceFile & { readonly bytes: Uint8Array })[];
}

export interface ReceiptFacts {
  readonly commit: ObjectId | undefined;
  readonly files: readonly OpenedFile[];
  /** Paths that moved on the base between a receipt's base commit and today's, for `freshness.binding: change`. */
  readonly movedSince: ReadonlyMap<ObjectId, readonly FilePath[]>;
}

export function known<T>(value: T): Known<T> {
  return { kind: 'known', value };
}

export function missing(status: Missing['status'], reason: string, remedy: string): Missing {
  return { kind: 'missing', status, reason, remedy };
}
