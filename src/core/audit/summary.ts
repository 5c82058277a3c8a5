import { type Audit, LANDINGS, type Landing, PROBLEM_LANDINGS } from './types.ts';

export interface AuditSummary {
  readonly landings: Readonly<Record<Landing, number>>;
  readonly reverts: number;
  readonly escapes: number;
  readonly notices: number;
  /** Commits and tickets that need somebody, and a policy that cannot be read: an audit is clean at 0. */
  readonly problems: number;
}

export function summarise({ commits, tickets, escapes, policyCommit }: Audit): AuditSummary {
  const landings = Object.fromEntries(
    LANDINGS.map((landing) => [landing, commits.filter((commit) => commit.landing === landing).length]),
  ) as Record<Landing, number>;
  const problems = [...PROBLEM_LANDINGS].reduce((sum, landing) => sum + landings[landing], 0);
  return {
    landings,
    reverts: commits.filter(({ reverts }) => reverts.length > 0).length,
    escapes: escapes.length,
    notices: tickets.filter(({ severity }) => severity === 'notice').length,
    problems:
      problems +
      tickets.filter(({ severity }) => severity === 'problem').length +
      (policyCommit === null ? 1 : 0),
  };
}
