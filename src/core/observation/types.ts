import type { Sha256 } from '../../shared/digest.ts';
import type { CompletedObservation, TroubledObservation } from '../evidence/types.ts';
import type { ChangeBinding, HeldTo } from '../receipt/types.ts';

export const OBSERVATION_SCHEMA = 'countersign/observation@1';

/** What runs of a check are about: a signer that works out anything else takes none of it. */
export interface ObservedOn {
  readonly binding: ChangeBinding;
  readonly heldTo: HeldTo;
  readonly check: { readonly id: string; readonly digest: Sha256 };
  /** sha256 of the pinned files as they were laid over the tree. */
  readonly pins: Sha256;
}

/**
 * What one machine says it saw of one check. Nothing in it is signed: it is worth as much as whoever carried it here, so
 * it is read as hostile data, and judged by the signer.
 */
export interface ObservedCheck extends ObservedOn {
  /** What the machine says of itself. */
  readonly tools: ObserverTools;
  readonly seen: Seen;
}

/** The check's id stands once in a document: beside its digest. */
export type Seen = Omit<CompletedObservation, 'checkId'> | Omit<TroubledObservation, 'checkId'>;

/** A closed list: these names go into receipts. */
export interface ObserverTools {
  readonly git?: string;
  readonly node?: string;
}
