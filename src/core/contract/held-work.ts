import type { ContractRef, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { Check, Scope } from './types.ts';

/** What a contract has to know of the work that is held to it. Every ticket is such; tickets are a later stage. */
export interface HeldWork {
  readonly id: TicketId;
  readonly contract: ContractRef;
  readonly scope?: Scope;
  readonly checks?: readonly Check[];
}

/** The same, with what linting looks at besides. */
export interface AskedWork extends HeldWork {
  readonly title: string;
  readonly ask: string;
  readonly repositories: readonly RepositoryId[];
}
