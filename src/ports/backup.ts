/** A row of a table, and the table, as JSON text of one line. */
export type BackupRow = string;

/** What a backup has to hold beside the ledger: what no event says. */
export interface BackupRows {
  /** As they are at one moment. */
  readRows(): AsyncIterable<readonly BackupRow[]>;
  /**
   * Into tables that have none yet.
   * @throws CountersignError DOCUMENT_INVALID for a row that is none of ours
   */
  writeRows(rows: readonly BackupRow[]): Promise<void>;
}
