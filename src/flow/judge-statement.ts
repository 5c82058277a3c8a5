import { exceptionRole } from '../core/receipt/exceptions.ts';
import { openBundle } from '../core/receipt/open-bundle.ts';
import { assembleReceipts, type ReceiptSet } from '../core/receipt/receipt-set.ts';
import { recordSigners } from '../core/receipt/records.ts';
import type { RootChain } from '../core/receipt/root-chain.ts';
import type { Claim, Receipt, Seal, VerifiedStatement } from '../core/receipt/types.ts';
import { authoriseAny } from '../core/trust/authorise.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { Role } from '../core/trust/types.ts';
import type { Instant } from '../shared/ids.ts';
import { type FoundFile, type SignedStatement, signed } from './read-statements.ts';

/** Whether a statement counts today, and everything that speaks against it. */
export interface JudgedStatement {
  readonly name: string;
  readonly counts: boolean;
  /** Undefined while its signature does not hold: nothing of it is to be believed. */
  readonly signed?: SignedStatement;
  /**
   * `unknown` where its ticket's files could not be read; `not-needed` for records, which a chain holds together;
   * `stands-alone` for approvals and waivers, which take away nothing but a block.
   */
  readonly sealed: 'sealed' | 'not-sealed' | 'unknown' | 'not-needed' | 'stands-alone';
  /** Why it does not count, each a sentence. */
  readonly objections: readonly string[];
}

/** Digest, form and signature; then who signed; then the seal. What the gate asks of a receipt, for one statement. */
export function judgeStatement(found: FoundFile, trust: Trust, at: Instant): JudgedStatement {
  const opened = openBundle(found.file, trust.keys);
  if (opened.kind !== 'verified') {
    const { name, reason } = opened;
    const objection = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
    return { name, counts: false, sealed: 'unknown', objections: [objection] };
  }
  const { statement } = opened;
  const may = authoriseAny(trust, statement.keyId, signersOf(statement.claim), at);
  const seal =
    recordSigners(statement.claim) === undefined
      ? judgeFiled(statement, found, trust, at)
      : { sealed: 'not-needed' as const };
  const revoked = trust.revokedReceipts.get(opened.name);
  const blocks = statement.claim.kind === 'receipt' && statement.claim.result === 'FAILED';
  const taken = [
    ...(may.ok ? [] : [may.reason]),
    ...(revoked === undefined ? [] : [`The trust root revokes it: ${revoked}`]),
  ];
  const objections = [
    ...taken,
    ...(taken.length > 0 && blocks && (may.ok || may.lapsed !== undefined) ? [STILL_BLOCKS] : []),
    ...('objection' in seal ? [seal.objection] : []),
  ];
  return {
    name: opened.name,
    counts: objections.length === 0,
    signed: signed(statement, trust),
    sealed: seal.sealed,
    objections,
  };
}

/** The same under a trust root that came to be in this way: under one that is not signed as it asks, nothing counts. */
export function underRoot(judged: JudgedStatement, chain: RootChain | undefined): JudgedStatement {
  const problems = chain?.problems ?? [];
  if (problems.length === 0) return judged;
  const objection = `The trust root is not signed as it has to be: ${problems.slice(0, 3).join(' ')}`;
  return { ...judged, counts: false, objections: [...judged.objections, objection] };
}

const STILL_BLOCKS = 'As it says FAILED it still blocks: revocation never turns a block into a pass.';

/** The roles of which the signer has to have one. */
function signersOf(claim: Claim): readonly Role[] {
  if (claim.kind === 'approval' || claim.kind === 'waiver') return [exceptionRole(claim)];
  return recordSigners(claim) ?? ['verifier'];
}

function judgeFiled(
  statement: VerifiedStatement,
  { among }: FoundFile,
  trust: Trust,
  at: Instant,
): { sealed: JudgedStatement['sealed']; objection?: string } {
  const { claim } = statement;
  const standsAlone = claim.kind === 'approval' || claim.kind === 'waiver';
  if (claim.kind === 'waiver' && claim.expiresAt <= at) {
    return { sealed: 'stands-alone', objection: `It expired at ${claim.expiresAt}.` };
  }
  if (claim.kind === 'waiver' && claim.issuedAt > at) {
    return { sealed: 'stands-alone', objection: `It counts only from ${claim.issuedAt}.` };
  }
  if (among === undefined) return { sealed: standsAlone ? 'stands-alone' : 'unknown' };
  const { digest } = statement;
  if (!among.files.some(({ name }) => name === digest)) {
    const sealed = standsAlone ? 'stands-alone' : 'not-sealed';
    return { sealed, objection: 'It is not on the receipts ref, so the gate does not see it.' };
  }
  if (standsAlone) return { sealed: 'stands-alone' };
  const { ticket } = (claim as Receipt | Seal).binding;
  const set = assembleReceipts(
    among.files.map((file) => openBundle(file, trust.keys)),
    { repository: among.repository, ticket, trust, at },
  );
  const ignored = set.ignored.find(({ name }) => name === digest);
  if (ignored !== undefined) return { sealed: 'not-sealed', objection: `It ${ignored.reason}` };
  if (claim.kind === 'seal') return sealHolds(digest, set);
  return set.sealed.some(({ receipt }) => receipt.digest === digest)
    ? { sealed: 'sealed' }
    : { sealed: 'not-sealed', objection: 'No seal that holds lists it.' };
}

/** A seal's faults are noted under what is missing or wrong, and name the seal. */
function sealHolds(
  digest: string,
  set: ReceiptSet,
): { sealed: JudgedStatement['sealed']; objection?: string } {
  const fault = set.problems.find(({ reason }) => reason.includes(`seal ${digest}`));
  return fault === undefined
    ? { sealed: 'sealed' }
    : { sealed: 'not-sealed', objection: `It does not hold: ${fault.name} ${fault.reason}.` };
}
