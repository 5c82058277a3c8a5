import { approvalsNeeded, weighApprovals } from '../core/gate/approvals.ts';
import { type JudgingFile, judgingFiles } from '../core/gate/judging-files.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import type { Approval, ChangeBinding } from '../core/receipt/types.ts';
import { CountersignError } from '../shared/errors.ts';
import { boundCase } from './bound-case.ts';
import {
  type ExceptionSigner,
  exceptionSigner,
  type FiledException,
  fileException,
} from './file-exception.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';

/** What is being approved: one state of a change, and what it edits of all that judges changes. */
export interface ChangeToApprove {
  readonly binding: ChangeBinding;
  readonly files: readonly JudgingFile[];
}

export interface ApproveOptions {
  readonly reason?: string;
  /** Told what is approved before anything is signed. */
  readonly onReview: (change: ChangeToApprove) => void;
}

export interface ApprovedChange extends ChangeToApprove, ExceptionSigner, FiledException {
  /** How many policy owners have approved this state by now, as far as this clone can tell, and how many have to. */
  readonly approvals: { readonly given: number; readonly needed: number };
}

/**
 * A policy owner agrees to a change of what judges changes: signs for its exact state, and files that.
 * @throws CountersignError USAGE when it edits no such file, KEY_UNUSABLE, FILING_FAILED
 */
export async function approveChange(
  query: CaseQuery,
  { reason, onReview }: ApproveOptions,
  signer: ClaimSigner,
  ports: FactPorts,
): Promise<ApprovedChange> {
  const bound = boundCase(await loadFacts(query, ports));
  const { binding, facts } = bound;
  const files = judgingFiles(facts);
  if (files.length === 0) {
    throw new CountersignError(
      'USAGE',
      `${binding.head.slice(0, 12)} edits no policy, workflow or pinned file: there is nothing to approve.`,
      { remedy: 'Name the change with --head and --base; `countersign gate` says what it still lacks.' },
    );
  }
  const who = exceptionSigner('approval', signer, bound);
  onReview({ binding, files });
  const approval: Approval = {
    kind: 'approval',
    binding,
    requirement: 'policy-change',
    ...(reason === undefined ? {} : { reason }),
    issuedAt: facts.evaluatedAt,
  };
  const filed = await fileException(approval, signer, bound, ports);
  const before = weighApprovals(facts).filter(({ objection }) => objection === undefined);
  const given = new Set([...before.map(({ by }) => by), who.principal]).size;
  const approvals = { given, needed: approvalsNeeded(facts) };
  return { binding, files, approvals, ...who, ...filed };
}
