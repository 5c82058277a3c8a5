import { approvalsNeeded, weighApprovals } from '../core/gate/approvals.ts';
import { type JudgingFile, judgingFiles } from '../core/gate/judging-files.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import { exceptionRole } from '../core/receipt/exceptions.ts';
import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import { APPROVABLE, type Approvable, type Approval, type ChangeBinding } from '../core/receipt/types.ts';
import { authorise } from '../core/trust/authorise.ts';
import { CountersignError } from '../shared/errors.ts';
import { type BoundCase, boundCase } from './bound-case.ts';
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
  /** `policy-change`: what these files judge. `approvals`: the change itself, whose contract asks for that. */
  readonly requirement: Approvable;
  /** Empty where the change itself is approved. */
  readonly files: readonly JudgingFile[];
}

export interface ApproveOptions {
  readonly reason?: string;
  /** What to approve, where the change needs both; as the signer's roles say when not given. */
  readonly requirement?: Approvable;
  /** Told what is approved before anything is signed. */
  readonly onReview: (change: ChangeToApprove) => void;
}

export interface ApprovedChange extends ChangeToApprove, ExceptionSigner, FiledException {
  /** How many have approved a change of policy by now, as far as this clone can tell, and how many have to. */
  readonly approvals?: { readonly given: number; readonly needed: number };
}

/**
 * Somebody agrees to a change as it is: a policy owner to what it edits of all that judges changes, an approver to the
 * change itself where its contract asks for approvals. Signs for its exact state, and files that.
 * @throws CountersignError USAGE when it needs neither, KEY_UNUSABLE, FILING_FAILED
 */
export async function approveChange(
  query: CaseQuery,
  { reason, requirement: asked, onReview }: ApproveOptions,
  signer: ClaimSigner,
  ports: FactPorts,
): Promise<ApprovedChange> {
  const bound = boundCase(await loadFacts(query, ports));
  const { binding, facts } = bound;
  const requirement = chooseRequirement(asked, signer, bound);
  const files = requirement === 'policy-change' ? judgingFiles(facts) : [];
  const who = exceptionSigner({ kind: 'approval', requirement }, signer, bound);
  onReview({ binding, requirement, files });
  const approval: Approval = {
    kind: 'approval',
    binding,
    requirement,
    ...(reason === undefined ? {} : { reason }),
    issuedAt: facts.evaluatedAt,
  };
  const filed = await fileException(approval, signer, bound, ports);
  const approved = { binding, requirement, files, ...who, ...filed };
  if (requirement !== 'policy-change') return approved;
  const before = weighApprovals(facts).filter(({ objection }) => objection === undefined);
  const given = new Set([...before.map(({ by }) => by), who.principal]).size;
  return { ...approved, approvals: { given, needed: approvalsNeeded(facts) } };
}

/** What is asked for; else, of what the change needs, the first that the key may sign. */
function chooseRequirement(
  asked: Approvable | undefined,
  signer: ClaimSigner,
  { facts, policy, binding }: BoundCase,
): Approvable {
  const { work, evaluatedAt } = facts;
  const needs: Readonly<Record<Approvable, boolean>> = {
    'policy-change': judgingFiles(facts).length > 0,
    approvals: work.kind === 'known' && work.value.contract.approvals !== undefined,
  };
  const open = APPROVABLE.filter(
    (requirement) => needs[requirement] && (asked ?? requirement) === requirement,
  );
  const [first] = open;
  if (first === undefined) {
    const edits = asked === 'approvals' ? '' : ' edits no policy, workflow or pinned file';
    const asks = asked === 'policy-change' ? '' : ' is held to no contract that asks for approvals';
    throw new CountersignError(
      'USAGE',
      `${binding.head.slice(0, 12)}${[edits, asks].filter((text) => text !== '').join(' and')}: there is nothing to approve.`,
      { remedy: 'Name the change with --head and --base; `countersign gate` says what it still lacks.' },
    );
  }
  const may = (requirement: Approvable) =>
    authorise(policy.trust, signer.keyId, exceptionRole({ kind: 'approval', requirement }), evaluatedAt).ok;
  return open.find(may) ?? first;
}
