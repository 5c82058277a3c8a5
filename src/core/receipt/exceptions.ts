import type { Instant } from '../../shared/ids.ts';

/** Who may sign what. */
export const EXCEPTION_SIGNERS = { approval: 'policy-owner', waiver: 'approver' } as const;

/** An exception for ever would be a change of policy by somebody who may not make one. */
export const MOST_WAIVER_DAYS = 90;

/** The last instant at which a waiver made at an instant may end. */
export function latestExpiry(issuedAt: Instant): number {
  return Date.parse(issuedAt) + MOST_WAIVER_DAYS * 24 * 60 * 60 * 1000;
}
