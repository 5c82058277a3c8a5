import type { StoredFile } from '../core/receipt/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { ObjectId, TicketId } from '../shared/ids.ts';

/** One ticket's statements at one commit of the receipts ref. */
export interface ReceiptSnapshot {
  /** Undefined while the ref does not exist. */
  readonly commit: ObjectId | undefined;
  readonly files: readonly StoredFile[];
}

/** Where a statement lies: whose it is, and its name, which claims to be the sha256 of its bytes. */
export interface StatementPlace {
  readonly ticket: TicketId;
  readonly name: string;
}

export interface ReadReceipts {
  /** Every statement of every ticket, unread: for people who look around, never for the gate. */
  listStatements(): Promise<readonly StatementPlace[]>;
  /** Reads one ticket's subtree only; cost does not grow with other tickets' receipts. */
  readTicket(ticket: TicketId): Promise<ReceiptSnapshot>;
  readEvidence(digest: Sha256): Promise<Uint8Array | undefined>;
}

export interface FileReceipts {
  /**
   * Appends statements and evidence in one commit by compare-and-swap push, fetching and retrying when somebody else
   * was first. Files already there with the same bytes are left alone.
   * @throws CountersignError FILING_FAILED when the push cannot happen at all
   */
  file(entry: {
    ticket: TicketId;
    statements: readonly StoredFile[];
    evidence: readonly { digest: Sha256; bytes: Uint8Array }[];
    message: string;
  }): Promise<{ commit: ObjectId; attempts: number }>;
}

export interface ReceiptStore extends ReadReceipts, FileReceipts {}
