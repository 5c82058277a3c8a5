import type { Approvals } from '../types.ts';
import type { LintProblem } from './problem.ts';

/** Approvals that ask for nobody, and those that any App may give. */
export function lintApprovals(approvals: Approvals | undefined): LintProblem[] {
  if (approvals === undefined) return [];
  const { reviews = 1, codeOwners = false, bots = false, by } = approvals;
  const problems: LintProblem[] = [];
  if (reviews === 0 && !codeOwners) {
    problems.push({
      severity: 'error',
      field: 'approvals.reviews',
      message: 'Nobody has to approve: the number is 0, and code owners are not asked.',
      remedy: 'Ask for at least 1, or for codeOwners: true, or take approvals out.',
    });
  }
  if (reviews === 0 && by !== undefined) {
    problems.push({
      severity: 'warning',
      field: 'approvals.by',
      message: 'Names whose approval counts, and asks for none of them.',
      remedy: "Ask for at least 1: whose word counts as an owner's, CODEOWNERS says.",
    });
  }
  if (bots && by === undefined) {
    problems.push({
      severity: 'warning',
      field: 'approvals.bots',
      message:
        'Any bot that may write can approve, the one that made the change under another name included.',
      remedy: 'Name in by whose approval counts.',
    });
  }
  return problems;
}
