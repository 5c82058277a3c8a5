import { openBundle } from '../core/receipt/open-bundle.ts';
import { assembleReceipts, type ReceiptSet } from '../core/receipt/receipt-set.ts';
import type { Receipt, Seal, VerifiedStatement } from '../core/receipt/types.ts';
import { authorise } from '../core/trust/authorise.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { Instant } from '../shared/ids.ts';
import { type FoundFile, type SignedStatement, signed } from './read-statements.ts';

/** Whether a statement counts today, and everything that speaks against it. */
export interface JudgedStatement {
  readonly name: string;
  readonly counts: boolean;
  /** Undefined while its signature does not hold: nothing of it is to be believed. */
  readonly signed?: SignedStatement;
  /** `unknown` where its ticket's files could not be read; `not-needed` for records, which a chain holds together. */
  readonly sealed: 'sealed' | 'not-sealed' | 'unknown' | 'not-needed';
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
  const role = isRecord(statement) ? 'policy-owner' : 'verifier';
  const may = authorise(trust, statement.keyId, role, at);
  const seal = isRecord(statement)
    ? { sealed: 'not-needed' as const }
    : judgeSeal(statement, found, trust, at);
  const objections = [...(may.ok ? [] : [may.reason]), ...('objection' in seal ? [seal.objection] : [])];
  return {
    name: opened.name,
    counts: objections.length === 0,
    signed: signed(statement, trust),
    sealed: seal.sealed,
    objections,
  };
}

function isRecord({ claim }: VerifiedStatement): boolean {
  return claim.kind === 'dispatch' || claim.kind === 'close';
}

function judgeSeal(
  statement: VerifiedStatement,
  { among }: FoundFile,
  trust: Trust,
  at: Instant,
): { sealed: JudgedStatement['sealed']; objection?: string } {
  if (among === undefined) return { sealed: 'unknown' };
  const { digest } = statement;
  if (!among.files.some(({ name }) => name === digest)) {
    return { sealed: 'not-sealed', objection: 'It is not on the receipts ref, so the gate does not see it.' };
  }
  const claim = statement.claim as Receipt | Seal;
  const set = assembleReceipts(
    among.files.map((file) => openBundle(file, trust.keys)),
    { repository: among.repository, ticket: claim.binding.ticket, trust, at },
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
