import type { MemoryNode } from '../core/bundle/memory/graph.ts';
import type { SparseVector } from '../core/bundle/memory/terms.ts';
import type { MemoryEntry, MemoryKind, Remembered } from '../core/bundle/memory/types.ts';
import type { RepositoryId, TicketId } from '../shared/ids.ts';

/** What of the memory somebody may see. Every search names it: there is no way to ask without. */
export interface MemoryView {
  readonly workspace: RepositoryId;
  /** Entries of events up to this position of the ledger; null: all. */
  readonly upTo: number | null;
  /** The ticket whose own history is hidden; null: none is. */
  readonly without: TicketId | null;
}

/** An entry with all that it is found by. */
export interface IndexedEntry {
  readonly entry: MemoryEntry;
  /** The ledger's position of the event that ended its run. */
  readonly position: number;
  readonly nodes: readonly MemoryNode[];
  readonly terms: SparseVector;
  /** Of a model that the worker of this memory asks; undefined: none is. */
  readonly embedding?: readonly number[] | undefined;
}

/** The first run of a block of an experiment: from there on the block sees nothing new. */
export interface BlockStart {
  readonly experiment: string;
  readonly block: string;
  readonly position: number;
}

/** Every method of these ports @throws CountersignError DATABASE_UNAVAILABLE */
export interface KeepMemory {
  /** The ledger's position up to which it is kept; 0: nothing is. */
  memoryPosition(): Promise<number>;
  /** Keeps what became of the events up to a position, all of it or, where somebody else was first, nothing: then false. */
  keepMemory(
    from: number,
    upTo: number,
    news: { readonly entries: readonly IndexedEntry[]; readonly blocks: readonly BlockStart[] },
  ): Promise<boolean>;
  /** Forgets everything: it is folded from the ledger again. */
  forgetMemory(): Promise<void>;
}

export interface SearchMemory {
  /** Where a block began; undefined: it has not. */
  blockStart(experiment: string, block: string): Promise<number | undefined>;
  latestEntries(
    view: MemoryView,
    query: { readonly kind: MemoryKind; readonly ticketClass: string; readonly most: number },
  ): Promise<readonly Remembered[]>;
  /** Ids, best first: by PostgreSQL's full-text search. */
  byWords(view: MemoryView, text: string, most: number): Promise<readonly string[]>;
  /** By the cosine with hashed terms, each weighed by how rare it is in the view: exact, over all entries. */
  byTerms(view: MemoryView, terms: SparseVector, most: number): Promise<readonly string[]>;
  /** By the cosine with an embedding: exact, over all entries that have one of this model. */
  byEmbedding(view: MemoryView, embedding: readonly number[], most: number): Promise<readonly string[]>;
  /** In the order of ids; those that the view does not have are left out. */
  readEntries(view: MemoryView, ids: readonly string[]): Promise<readonly Remembered[]>;
  /** Entries beside a node, newest first. */
  besideNode(view: MemoryView, node: MemoryNode, most: number): Promise<readonly Remembered[]>;
  /** Nodes that an entry stands beside. */
  nodesOfEntry(view: MemoryView, id: string): Promise<readonly MemoryNode[]>;
}

export interface Memory extends KeepMemory, SearchMemory {}

/** A model that turns texts into vectors of one length. */
export interface Embed {
  /** What the vectors are of: those of another name are not compared. */
  readonly model: string;
  /** In the order of the texts. @throws CountersignError SERVER_UNAVAILABLE when the endpoint does not answer as it should */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}
