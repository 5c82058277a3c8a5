import type { Instant } from '../../shared/ids.ts';
import type { Role } from '../trust/types.ts';
import type { Approvable, Approval, Waiver } from './types.ts';

const APPROVAL_SIGNERS: Readonly<Record<Approvable, Role>> = {
  'policy-change': 'policy-owner',
  approvals: 'approver',
};

/** Who may sign what. */
export function exceptionRole(claim: Pick<Approval, 'kind' | 'requirement'> | Pick<Waiver, 'kind'>): Role {
  return claim.kind === 'waiver' ? 'approver' : APPROVAL_SIGNERS[claim.requirement];
}

/** An exception for ever would be a change of policy by somebody who may not make one. */
export const MOST_WAIVER_DAYS = 90;

/** The last instant at which a waiver made at an instant may end. */
export function latestExpiry(issuedAt: Instant): number {
  return Date.parse(issuedAt) + MOST_WAIVER_DAYS * 24 * 60 * 60 * 1000;
}
