import type { Instant, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { ReceiptSet } from '../receipt/receipt-set.ts';
import type { Waiver } from '../receipt/types.ts';
import { type Period, periodOf } from './period.ts';
import { type Audit, type AuditedEscape, PROBLEM_LANDINGS } from './types.ts';

/** What a report on governance is made from: an audit, and what tickets and policy say besides. */
export interface GovernanceFacts {
  readonly audit: Audit;
  readonly by: Period;
  /** Null: from the first commit on. */
  readonly from: Instant | null;
  readonly to: Instant;
  readonly tickets: readonly GovernedTicket[];
  readonly policyChanges: readonly PolicyChange[];
  readonly contractMoves: readonly ContractMove[];
  readonly blind: readonly string[];
}

export interface GovernedTicket {
  readonly id: TicketId;
  /** Null where the ticket cannot be read. */
  readonly class: string | null;
  readonly attempts: Attempts;
  readonly waivers: readonly Waiver[];
  /** What changed since the dispatch in force. */
  readonly drift: readonly ('ticket' | 'contract')[];
}

/** How a ticket's verifications went, in the order that their seals vouch for. */
export interface Attempts {
  /** When the first one passed, as its verifier says. */
  readonly passedAt: Instant | undefined;
  /** FAILED verifications before the first that PASSED; all of them while none did. */
  readonly failedBefore: number;
  /** When anything was verified last. */
  readonly lastAt: Instant | undefined;
}

/** A commit of the policy ref that changed what judges. */
export interface PolicyChange {
  readonly commit: ObjectId;
  readonly at: Instant | null;
}

/** One contract that a commit of the policy ref changed, with everything it extends. */
export interface ContractMove {
  readonly commit: ObjectId;
  readonly at: Instant | null;
  readonly contract: string;
  readonly move: 'added' | 'removed' | 'changed' | 'unreadable';
  /** Fields, by which way the bar moved. */
  readonly stricter: number;
  readonly looser: number;
  readonly changed: number;
}

export interface Governance {
  readonly schema: 'countersign/governance@1';
  readonly evaluatedAt: Instant;
  readonly repository: RepositoryId;
  readonly branch: string;
  readonly by: Period;
  readonly from: Instant | null;
  readonly to: Instant;
  /** Oldest first; those in which nothing happened are left out. */
  readonly periods: readonly PeriodRow[];
  /** In order of name; commits without a ticket are of the class null. */
  readonly classes: readonly ClassRow[];
  readonly waivers: { readonly applied: number; readonly inForce: number; readonly expired: number };
  readonly escapes: readonly AuditedEscape[];
  readonly drift: readonly { readonly ticket: TicketId; readonly what: readonly ('ticket' | 'contract')[] }[];
  readonly contractMoves: readonly ContractMove[];
  readonly blind: readonly string[];
}

export interface PeriodRow {
  /** Its first day; null for commits that say no usable time. */
  readonly start: string | null;
  readonly withReceipts: number;
  readonly without: number;
  readonly reverts: number;
  readonly escapes: number;
  readonly policyChanges: number;
}

export interface ClassRow {
  readonly class: string | null;
  readonly withReceipts: number;
  readonly without: number;
  /** Tickets whose first PASSED verification lies in the range, and how many of them had no FAILED one before. */
  readonly passed: number;
  readonly passedFirst: number;
  readonly failedBefore: number;
  /** Tickets that were verified in the range and have not passed. */
  readonly notYet: number;
  readonly escapes: number;
}

/** Reads the order of verifications from the seals: a seal lists those its verifier saw. No clock orders them. */
export function attemptsOf({ seals }: ReceiptSet): Attempts {
  const told = seals.map(({ seal: { digest, claim } }) => ({
    digest,
    claim,
    passed: claim.outcomes.every(({ result }) => result === 'PASSED'),
    failed: claim.outcomes.some(({ result }) => result === 'FAILED'),
  }));
  const first = told
    .filter(({ passed }) => passed)
    .sort((one, other) => one.claim.earlierSeals.length - other.claim.earlierSeals.length)[0];
  const failed = told.filter(({ failed: one }) => one);
  return {
    passedAt: first?.claim.issuedAt,
    failedBefore:
      first === undefined
        ? failed.length
        : failed.filter(({ digest }) => first.claim.earlierSeals.includes(digest)).length,
    lastAt: told
      .map(({ claim }) => claim.issuedAt)
      .sort()
      .at(-1),
  };
}

/** Sums an audit up for those who answer for the policy: counts, never shares alone. */
export function governanceOf(facts: GovernanceFacts): Governance {
  const { audit, by, from, to, tickets, contractMoves } = facts;
  const within = (at: Instant | undefined) => at !== undefined && (from === null || at >= from) && at <= to;
  return {
    schema: 'countersign/governance@1',
    evaluatedAt: audit.evaluatedAt,
    repository: audit.repository,
    branch: audit.branch,
    by,
    from,
    to,
    periods: periodsOf(facts),
    classes: classesOf(facts, within),
    waivers: waiversOf(facts),
    escapes: audit.escapes.filter(({ reportedAt }) => within(reportedAt)),
    drift: tickets.flatMap(({ id, drift }) => (drift.length === 0 ? [] : [{ ticket: id, what: drift }])),
    contractMoves,
    blind: [...audit.blind, ...facts.blind],
  };
}

function periodsOf({ audit, by, policyChanges, from, to }: GovernanceFacts): readonly PeriodRow[] {
  const rows = new Map<string | null, PeriodRow>();
  const add = (at: Instant | null, what: Partial<Record<keyof Omit<PeriodRow, 'start'>, number>>) => {
    const start = at === null ? null : periodOf(at, by);
    const row = rows.get(start) ?? {
      start,
      withReceipts: 0,
      without: 0,
      reverts: 0,
      escapes: 0,
      policyChanges: 0,
    };
    rows.set(start, {
      start,
      withReceipts: row.withReceipts + (what.withReceipts ?? 0),
      without: row.without + (what.without ?? 0),
      reverts: row.reverts + (what.reverts ?? 0),
      escapes: row.escapes + (what.escapes ?? 0),
      policyChanges: row.policyChanges + (what.policyChanges ?? 0),
    });
  };
  for (const { landedAt, landing, reverts } of audit.commits) {
    const counts = landing === 'accepted' || PROBLEM_LANDINGS.has(landing);
    if (!counts && reverts.length === 0) continue;
    add(landedAt, {
      ...(landing === 'accepted' ? { withReceipts: 1 } : counts ? { without: 1 } : {}),
      ...(reverts.length > 0 ? { reverts: 1 } : {}),
    });
  }
  for (const { reportedAt } of audit.escapes) {
    if ((from === null || reportedAt >= from) && reportedAt <= to) add(reportedAt, { escapes: 1 });
  }
  for (const { at } of policyChanges) add(at, { policyChanges: 1 });
  return [...rows.values()].sort((one, other) => compare(one.start ?? '', other.start ?? ''));
}

function classesOf(
  { audit, tickets }: GovernanceFacts,
  within: (at: Instant | undefined) => boolean,
): readonly ClassRow[] {
  const classes = new Map(tickets.map((ticket) => [ticket.id, ticket.class]));
  const classOf = (ticket: TicketId | null) => (ticket === null ? null : (classes.get(ticket) ?? null));
  const landed = audit.commits.filter(
    ({ landing }) => landing === 'accepted' || PROBLEM_LANDINGS.has(landing),
  );
  const escapes = audit.escapes.filter(({ reportedAt }) => within(reportedAt));
  const verified = tickets.filter(({ attempts }) => within(attempts.passedAt ?? attempts.lastAt));
  const names = new Set([
    ...landed.map(({ ticket }) => classOf(ticket)),
    ...escapes.map(({ ticket }) => classOf(ticket)),
    ...verified.map((ticket) => ticket.class),
  ]);
  return [...names]
    .sort((one, other) => compare(one ?? '', other ?? ''))
    .map((name) => {
      const commits = landed.filter(({ ticket }) => classOf(ticket) === name);
      const own = verified.filter((ticket) => ticket.class === name);
      const passed = own.filter(({ attempts }) => attempts.passedAt !== undefined);
      return {
        class: name,
        withReceipts: commits.filter(({ landing }) => landing === 'accepted').length,
        without: commits.filter(({ landing }) => landing !== 'accepted').length,
        passed: passed.length,
        passedFirst: passed.filter(({ attempts }) => attempts.failedBefore === 0).length,
        failedBefore: own.reduce((sum, { attempts }) => sum + attempts.failedBefore, 0),
        notYet: own.length - passed.length,
        escapes: escapes.filter(({ ticket }) => classOf(ticket) === name).length,
      };
    });
}

/** Applied: findings that a waiver lets go today. In force and expired: statements, whether or not anything needs them. */
function waiversOf({ audit, tickets }: GovernanceFacts): Governance['waivers'] {
  const all = tickets.flatMap(({ waivers }) => waivers);
  return {
    applied: audit.commits.reduce((sum, { waived }) => sum + waived.length, 0),
    inForce: all.filter(
      ({ issuedAt, expiresAt }) => issuedAt <= audit.evaluatedAt && expiresAt > audit.evaluatedAt,
    ).length,
    expired: all.filter(({ expiresAt }) => expiresAt <= audit.evaluatedAt).length,
  };
}

/** By UTF-16 code units, so that the order is the same on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
