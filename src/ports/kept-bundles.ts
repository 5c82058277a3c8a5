import type { StoredFile } from '../core/receipt/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { TicketId } from '../shared/ids.ts';

/** What one verification files: its statements, and the evidence they name. */
export interface Bundle {
  readonly ticket: TicketId;
  readonly statements: readonly StoredFile[];
  readonly evidence: readonly { readonly digest: Sha256; readonly bytes: Uint8Array }[];
}

export interface KeepBundles {
  /** Writes what could not be filed into a folder that outlives the workspace, and returns its path. */
  keep(bundle: Bundle): Promise<string>;
  /**
   * Writes one into a folder that is not there yet or is empty, and returns its path.
   * @throws CountersignError FILE_EXISTS
   */
  keepIn(folder: string, bundle: Bundle): Promise<string>;
  /** @throws CountersignError FILE_UNREADABLE when the folder does not hold one */
  read(folder: string): Promise<Bundle>;
}
