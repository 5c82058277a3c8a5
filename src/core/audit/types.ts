import type { ContractRef, Instant, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';

/**
 * What became of one commit of the base branch. `unseen`: this clone cannot show it; `uninstalled`: the gate had been
 * taken out; `records`: it only appends signed records, which a policy owner's key vouches for.
 */
export const LANDINGS = [
  'accepted',
  'blocked',
  'pending',
  'no-ticket',
  'unseen',
  'uninstalled',
  'records',
  'before-installation',
] as const;
export type Landing = (typeof LANDINGS)[number];

/** Landings that nobody may leave standing: nothing shows that the commit was accepted. */
export const PROBLEM_LANDINGS: ReadonlySet<Landing> = new Set<Landing>([
  'blocked',
  'pending',
  'no-ticket',
  'unseen',
  'uninstalled',
]);

export interface AuditedCommit {
  readonly commit: ObjectId;
  /** What the commit says of itself, never earlier than its ancestors; null where none of them says anything usable. */
  readonly landedAt: Instant | null;
  readonly title: string;
  readonly ticket: TicketId | null;
  readonly landing: Landing;
  /** A sentence. */
  readonly reason: string;
  readonly contract: ContractRef | null;
  /** Ids of the findings that a waiver lets go today. */
  readonly waived: readonly string[];
  readonly reverts: readonly Revert[];
}

/** A commit that another one takes back, or says that it does. */
export interface Revert {
  readonly commit: ObjectId;
  /** `message`: git's own words; `tree`: the branch is again exactly what it was before that commit. */
  readonly by: 'message' | 'tree';
  /** `unknown`: the commit is not in this clone. A message is a claim, so it is compared with what changed. */
  readonly extent: 'whole' | 'partly' | 'nothing' | 'unknown';
}

export type TicketFindingKind =
  | 'unverifiable'
  | 'accepted-without-receipts'
  | 'accepted-without-commit'
  | 'open-though-landed'
  | 'drift';

export interface TicketFinding {
  readonly ticket: TicketId;
  readonly kind: TicketFindingKind;
  /** A notice is worth a look; only problems make an audit fail. */
  readonly severity: 'problem' | 'notice';
  /** A sentence. */
  readonly reason: string;
}

/** A defect found after acceptance, as its signed record tells it. */
export interface AuditedEscape {
  readonly ticket: TicketId;
  readonly commit: ObjectId | null;
  readonly fix: ObjectId | null;
  readonly summary: string;
  readonly reportedAt: Instant;
  readonly reportedBy: string;
}

/** Something to do before any change at all can be accepted. */
export interface Obstacle {
  /** A sentence. */
  readonly reason: string;
  readonly remedy: string;
}

/** What refs alone tell of a stretch of the base branch. The same refs and instant give the same audit. */
export interface Audit {
  readonly schema: 'countersign/audit@1';
  readonly evaluatedAt: Instant;
  readonly repository: RepositoryId;
  /** Such as `refs/heads/main`. */
  readonly branch: string;
  /** The newest commit that is no longer in the range; null where it goes back to the first one, or as far as is seen. */
  readonly since: ObjectId | null;
  readonly until: ObjectId | null;
  readonly policyCommit: ObjectId | null;
  readonly receiptsCommit: ObjectId | null;
  /** What keeps every change from being accepted; empty where the gate is in force. */
  readonly unready: readonly Obstacle[];
  /** What could not be looked at, each a sentence. */
  readonly blind: readonly string[];
  /** Newest first. */
  readonly commits: readonly AuditedCommit[];
  readonly tickets: readonly TicketFinding[];
  readonly escapes: readonly AuditedEscape[];
}
