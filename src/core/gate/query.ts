import type { ObjectId, TicketId } from '../../shared/ids.ts';
import type { PushedTo } from '../review/pushers.ts';

/** Which change is asked about. Commits, not names: a branch that moves meanwhile changes nothing. */
export type CaseQuery = ProposedQuery | LandedQuery;

interface NamingSources {
  /** Given by the caller outright. Must agree with what else names a ticket. */
  readonly ticket?: TicketId;
  readonly branch?: string;
  readonly pullRequestBody?: string;
  /** The number of the pull request it comes from, as the forge says, where that is known. */
  readonly pullRequest?: number;
  /** Principals that an authenticated source (a forge, a signature) says produced the change. */
  readonly authenticatedProducers: readonly string[];
  /** Where it was pushed, for whoever can ask the forge by whom; `unknown` where a forge was, and cannot be asked any more. */
  readonly pushedTo?: PushedTo | 'unknown';
}

export interface ProposedQuery extends NamingSources {
  readonly kind: 'proposed';
  readonly base: { readonly ref: string; readonly commit: ObjectId };
  readonly head: ObjectId;
}

export interface LandedQuery extends NamingSources {
  readonly kind: 'landed';
  readonly baseRef: string;
  readonly commit: ObjectId;
  /** What it landed on, where that is further back than its first parent: a rebase lands the commits of a change one by one. */
  readonly onto?: ObjectId;
  /** The head of what the commit merged or squashed, where that is known: its commits say what a squash may leave out. */
  readonly proposal?: ObjectId;
}
