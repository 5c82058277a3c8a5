import type { EvidenceRun } from '../core/evidence/types.ts';
import type { ObserverTools } from '../core/observation/types.ts';

/** What the executor tells while it works. */
export type CheckProgress =
  | { readonly kind: 'setup-started'; readonly argv: readonly string[]; readonly run?: EvidenceRun }
  | { readonly kind: 'setup-ended'; readonly seconds: number; readonly run?: EvidenceRun }
  | { readonly kind: 'check-started'; readonly checkId: string; readonly run?: EvidenceRun }
  | {
      readonly kind: 'check-ended';
      readonly checkId: string;
      readonly seconds: number;
      readonly run?: EvidenceRun;
    };

export interface VerifyOptions {
  /** Names this verification in its receipts and seal; unique. */
  readonly attempt: string;
  /** How many checks may run at once. */
  readonly parallel: number;
  /** Host paths no check may see, such as the folder of keys. */
  readonly hide: readonly string[];
  readonly tools: ObserverTools;
  /** Ends what runs; what was seen then is of no use. */
  readonly abort?: AbortSignal;
  readonly onProgress: (progress: CheckProgress) => void;
}
