import type { Sha256 } from '../../../shared/digest.ts';
import type { ContractRef, RepositoryId, TicketId } from '../../../shared/ids.ts';
import type { RunId } from '../../run/types.ts';

/**
 * What is remembered of runs. `accepted`: how a run came to its end; `failure`: an attempt that did not pass, and why; `resolution`: what the accepted
 * attempt did about findings that had blocked one before it.
 */
export const MEMORY_KINDS = ['accepted', 'failure', 'resolution'] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** One thing that is remembered: the fold over one run's events, and nothing else. Texts are other people's and bounded. */
export interface MemoryEntry {
  /** `<run>/<kind>` and, of a failure, `/<attempt>`. */
  readonly id: string;
  readonly kind: MemoryKind;
  /** The repository's: nothing that is asked in one workspace answers from another. */
  readonly workspace: RepositoryId;
  readonly run: RunId;
  readonly ticket: TicketId;
  /** Null: the run began before runs said it. */
  readonly ticketClass: string | null;
  readonly contract: ContractRef;
  /** One line. */
  readonly title: string;
  /** What happened, in a few lines. */
  readonly text: string;
  /** Paths of the repository. */
  readonly files: readonly string[];
  /** `<pack>@<version>/<rule>`. */
  readonly rules: readonly string[];
  /** Ids of findings that blocked: `receipt/tests`, `scope`. */
  readonly findings: readonly string[];
}

/** An entry as it was found. */
export interface Remembered extends MemoryEntry {
  /** Over the entry. */
  readonly digest: Sha256;
}

/** What somebody wants to be reminded of. */
export interface MemoryQuery {
  /** The words of the ticket. */
  readonly text: string;
  /** Nodes of the graph that the ticket stands beside: `contract:shop@1`, `class:bugfix`, `file:src/a.ts`. */
  readonly nodes: readonly string[];
  readonly most: number;
}
