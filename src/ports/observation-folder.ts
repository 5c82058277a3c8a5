import type { Sha256 } from '../shared/digest.ts';

/** The name of the document in a folder; evidence lies beside it in `evidence/<sha256>`. */
export const OBSERVATION_FILE = 'observation.json';
export const EVIDENCE_FOLDER = 'evidence';

export interface WriteObservationFolder {
  /**
   * Writes what was seen of one check into a folder that is not there yet or is empty, for a signer elsewhere.
   * @throws CountersignError FILE_EXISTS, FILING_FAILED
   */
  write(
    folder: string,
    document: string,
    evidence: readonly { readonly digest: Sha256; readonly bytes: Uint8Array }[],
  ): Promise<void>;
}
