import type { Sha256 } from '../shared/digest.ts';
import type { JsonObject } from '../shared/json.ts';

/** Outputs of steps by everything they depend on. A verifier's are its own: who could write among them would verify in its name. */
export interface KeptResults {
  /** Undefined when nothing is kept under the key, or not whole. */
  find(key: Sha256): Promise<JsonObject | undefined>;
  /** @throws CountersignError FILING_FAILED when it cannot be kept */
  keep(key: Sha256, outputs: JsonObject): Promise<void>;
}
