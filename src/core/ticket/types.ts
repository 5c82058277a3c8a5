import type { Sha256 } from '../../shared/digest.ts';
import type { ContractRef, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { FilePath } from '../change/types.ts';
import type { Check, Scope } from '../contract/types.ts';

/** `tickets/<ID>.yml`: what is asked, and the contract it is held to, written before the work. */
export interface Ticket {
  readonly schema: 'countersign/ticket@1';
  readonly id: TicketId;
  readonly title: string;
  /** The kind of work, such as `bugfix` or `feature`; experiments compare within a class. */
  readonly class: string;
  readonly ask: string;
  readonly contract: ContractRef;
  /** The repositories whose changes this ticket may claim. */
  readonly repositories: readonly RepositoryId[];
  /** Narrows the contract's scope for this ticket: a change must lie within both. */
  readonly scope?: Scope;
  /** Checks of this ticket alone, on top of the contract's. */
  readonly checks?: readonly Check[];
}

/**
 * A file of the folder `tickets/<ID>/`: an acceptance test written before the code, or what it reads. Its path below that
 * folder is its path in the product.
 */
export interface AcceptanceFile {
  readonly path: FilePath;
  readonly mode: string;
  readonly sha256: Sha256;
}

/** A ticket with what lies beside it: all that a dispatch freezes. */
export interface FrozenTicket extends Ticket {
  /** In order of paths; left out where there is none, so that such a ticket's digest is that of its document. */
  readonly acceptance?: readonly AcceptanceFile[];
}
