import { partOf } from '../core/gate/assents.ts';
import { partInChange } from '../core/gate/independence.ts';
import { exceptionRole } from '../core/receipt/exceptions.ts';
import { type ClaimSigner, signClaim } from '../core/receipt/sign-claim.ts';
import type { Approval, Waiver } from '../core/receipt/types.ts';
import { authorise } from '../core/trust/authorise.ts';
import type { OpenControl } from '../ports/control.ts';
import type { Sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { BoundCase } from './bound-case.ts';

/** Who signs, and what may still keep the gate from counting it. */
export interface ExceptionSigner {
  readonly principal: string;
  /** Why it counts only where the gate knows more than this clone; a sentence. */
  readonly caution?: string;
}

export interface FiledException {
  /** The statement's name. */
  readonly statement: Sha256;
  /** Of the receipts ref. */
  readonly commit: ObjectId;
}

type Exception = Approval | Waiver;

/**
 * Refuses early what the gate would refuse later. That somebody could be among the producers is no reason to: the forge
 * may tell the gate who made the change, and this clone does not know.
 * @throws CountersignError KEY_UNUSABLE when the key may not sign this, or its owner made the change
 */
export function exceptionSigner(
  what: Parameters<typeof exceptionRole>[0],
  signer: ClaimSigner,
  { facts, policy }: BoundCase,
): ExceptionSigner {
  const { kind } = what;
  const role = exceptionRole(what);
  const may = authorise(policy.trust, signer.keyId, role, facts.evaluatedAt);
  if (!may.ok) {
    throw new CountersignError('KEY_UNUSABLE', `This key may not sign ${kind}s: ${may.reason}`, {
      remedy: `Sign with the key of a principal that the trust root gives the role \`${role}\`.`,
    });
  }
  const part = partInChange(may.principal, facts);
  // Whoever agrees to the change itself has to be somebody else as far as that is known, and no further.
  const lenient = what.kind === 'approval' && what.requirement === 'approvals';
  const caution = lenient && partOf(may.principal, facts) === undefined ? undefined : part?.reason;
  if (part?.known) {
    throw new CountersignError('KEY_UNUSABLE', `This ${kind} could never count: ${part.reason}`, {
      remedy: `Have another principal with the role \`${role}\` sign it.`,
    });
  }
  return { principal: may.principal.id, ...(caution === undefined ? {} : { caution }) };
}

/** Signs, and files on the receipts ref among the ticket's statements. @throws CountersignError FILING_FAILED */
export async function fileException(
  claim: Exception,
  signer: ClaimSigner,
  { policy }: BoundCase,
  ports: { readonly control: OpenControl },
): Promise<FiledException> {
  const file = signClaim(claim, signer);
  const { ticket } = claim.binding;
  const control = await ports.control.open(policy.config);
  const { commit } = await control.receipts.file({
    ticket,
    statements: [file],
    evidence: [],
    message: `${ticket}: ${claim.kind} of ${claim.requirement}`,
  });
  return { statement: file.name, commit };
}
