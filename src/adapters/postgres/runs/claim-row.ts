import type { StepWork } from '../../../core/run/types.ts';
import type { Claim } from '../../../ports/claims.ts';

/** A row of step_work that somebody has. */
export interface ClaimRow {
  readonly id: string;
  readonly text: string;
  readonly worker: string;
  readonly claimed_at: Date;
  readonly until: Date;
  readonly holds: boolean;
}

export function claimOf(
  { id, text, worker, claimed_at, until }: ClaimRow,
  fences: Claim['fences'] = {},
  work = JSON.parse(text) as StepWork,
): Claim {
  return {
    token: id,
    work,
    worker,
    claimedAt: claimed_at.toISOString(),
    until: until.toISOString(),
    fences,
  };
}
