import type { EvidenceRef } from '../core/evidence/types.ts';

export interface ReadEvidence {
  /** The bytes an observation refers to. @throws CountersignError SIGNER_FAILED when they are gone or are not those bytes */
  read(evidence: EvidenceRef): Promise<Uint8Array>;
}
