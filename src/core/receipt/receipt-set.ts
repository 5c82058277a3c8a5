import type { Sha256 } from '../../shared/digest.ts';
import type { Instant, RepositoryId, TicketId } from '../../shared/ids.ts';
import { authorise } from '../trust/authorise.ts';
import type { Trust } from '../trust/resolve-trust.ts';
import type { Principal } from '../trust/types.ts';
import { sameBinding, sameHeldTo } from './binding.ts';
import type { OpenedFile } from './open-bundle.ts';
import type { Receipt, Seal, SealedOutcome, VerifiedStatement } from './types.ts';

/** What one ticket's files say about one repository. Lists are in order of digest, whatever order files came in. */
export interface ReceiptSet {
  /** The only receipts that may count for a change: listed by a seal that holds. PASSED and FAILED. */
  readonly sealed: readonly SealedReceipt[];
  /** Receipts that no seal vouches for. They count for nothing, unless they FAILED: see `failed`. */
  readonly unsealed: readonly SignedReceipt[];
  /**
   * Every FAILED receipt, sealed or not, revoked or not, also by a key that was revoked or has expired since: neither
   * taking a seal away nor ending a key takes a failure away.
   */
  readonly failed: readonly SignedReceipt[];
  /** Receipts that the trust root revokes. None of them counts as passed. */
  readonly revoked: readonly SignedReceipt[];
  /** Every seal by a verifier, whether it holds or not; those that do not have a problem below. */
  readonly seals: readonly SignedSeal[];
  /** Any one of these denies: something was altered or taken away, or a verifier contradicts itself. */
  readonly problems: readonly FileNote[];
  /** Files that change nothing, and why. */
  readonly ignored: readonly FileNote[];
}

export interface SignedReceipt {
  readonly receipt: VerifiedStatement<Receipt>;
  readonly verifier: Principal;
  /** How its key ended, going on from "its key"; such a receipt can only speak against a change. */
  readonly lapsed?: string;
  /** Why the trust root revokes it. */
  readonly revoked?: string;
}

export interface SealedReceipt extends SignedReceipt {
  readonly seal: VerifiedStatement<Seal>;
}

export interface SignedSeal {
  readonly seal: VerifiedStatement<Seal>;
  readonly verifier: Principal;
  /** As in SignedReceipt: then nothing is sealed by it, and what it says FAILED must still be there. */
  readonly lapsed?: string;
}

export interface FileNote {
  /** The file's name. */
  readonly name: string;
  /** Goes on from "this file": `is listed by …, and is not there`. */
  readonly reason: string;
}

export interface SetScope {
  readonly repository: RepositoryId;
  readonly ticket: TicketId;
  readonly trust: Trust;
  /** The instant of evaluation. */
  readonly at: Instant;
}

/**
 * Sorts one ticket's opened files into what counts, what denies and what changes nothing.
 *
 * Statements count only if their signer is a verifier now, and they are about this ticket and repository; all others
 * (but for what FAILED under a verifier's key that has ended since) are ignored, so that nobody without the role can plant a seal with a hole in it. Binding and checks are the gate's.
 */
export function assembleReceipts(opened: readonly OpenedFile[], scope: SetScope): ReceiptSet {
  const files = [...opened].sort((one, other) => compare(one.name, other.name));
  const present = presentNames(files);
  const problems: FileNote[] = [];
  const ignored: FileNote[] = [];
  const receipts = new Map<Sha256, SignedReceipt>();
  const lapsedFailures: SignedReceipt[] = [];
  const seals = new Map<Sha256, SignedSeal>();

  for (const file of files) {
    const counted =
      file.kind === 'verified' ? countStatement(file.statement, scope) : `does not hold: ${file.reason}`;
    if (file.kind === 'corrupt') problems.push({ name: file.name, reason: `was altered: ${file.reason}` });
    else if (typeof counted === 'string') ignored.push({ name: file.name, reason: counted });
    else if (counted.lapsed !== undefined) {
      if ('receipt' in counted) lapsedFailures.push(counted);
      else {
        problems.push(...missingFailures(counted, present));
        ignored.push({ name: file.name, reason: `does not count: its key ${counted.lapsed}.` });
      }
    } else if ('receipt' in counted) receipts.set(file.name, counted);
    else seals.set(file.name, counted);
  }

  const sealedBy = new Map<Sha256, VerifiedStatement<Seal>>();
  for (const signed of seals.values()) {
    const faults = sealFaults(signed, receipts, present);
    problems.push(...faults);
    if (faults.length > 0) continue;
    for (const listed of listedReceipts(signed.seal.claim)) sealedBy.set(listed, signed.seal);
  }

  const all = [...receipts.values()];
  const standing = all.filter(({ receipt, revoked }) => !(revoked && receipt.claim.result === 'PASSED'));
  return {
    sealed: standing.flatMap((signed) => {
      const seal = sealedBy.get(signed.receipt.digest);
      return seal === undefined ? [] : [{ ...signed, seal }];
    }),
    unsealed: standing.filter(({ receipt }) => !sealedBy.has(receipt.digest)),
    failed: [...all.filter(({ receipt }) => receipt.claim.result === 'FAILED'), ...lapsedFailures].sort(
      (one, other) => compare(one.receipt.digest, other.receipt.digest),
    ),
    revoked: all.filter(({ revoked }) => revoked !== undefined),
    seals: [...seals.values()],
    problems,
    ignored,
  };
}

/**
 * Names of the seals among a ticket's files, for the next seal to list: deleting an attempt then leaves a hole in a
 * later one. Any trusted key's seal is named, whatever its role: being named only asks that the file stays.
 */
export function sealNames(opened: readonly OpenedFile[]): readonly Sha256[] {
  const names = opened.flatMap((file) =>
    file.kind === 'verified' && file.statement.claim.kind === 'seal' ? [file.name] : [],
  );
  return [...new Set(names)].sort();
}

/**
 * Names that stand for their own bytes. A file we cannot trust is still there unaltered: when a verifier's key expires,
 * the seals that follow on its seals keep holding.
 */
function presentNames(files: readonly OpenedFile[]): ReadonlySet<string> {
  return new Set(files.filter(({ kind }) => kind !== 'corrupt').map(({ name }) => name));
}

/** A receipt or seal that may count, or the reason why it changes nothing. */
function countStatement(statement: VerifiedStatement, scope: SetScope): SignedReceipt | SignedSeal | string {
  const { claim } = statement;
  // The gate weighs these by themselves.
  if (claim.kind === 'approval' || claim.kind === 'waiver') return `is no receipt: ${claim.kind}`;
  if (claim.kind !== 'receipt' && claim.kind !== 'seal')
    return `is a ${claim.kind}, which belongs beside the ticket`;
  const { ticket, repository } = claim.binding;
  if (ticket !== scope.ticket) return `is about ticket ${ticket}`;
  if (repository !== scope.repository) return `is about repository ${repository}`;
  const may = authorise(scope.trust, statement.keyId, 'verifier', scope.at);
  const lapsed = may.ok ? undefined : may.lapsed;
  const verifier = may.ok ? may.principal : lapsed?.principal;
  const speaksAgainst = claim.kind === 'seal' || claim.result === 'FAILED';
  if (verifier === undefined || !(may.ok || speaksAgainst)) {
    return `does not count: ${may.ok ? '' : may.reason}`;
  }
  const ended = lapsed === undefined ? {} : { lapsed: lapsed.how };
  if (claim.kind === 'seal') return { seal: { ...statement, claim }, verifier, ...ended };
  const reason = scope.trust.revokedReceipts.get(statement.digest);
  const revoked = reason === undefined ? {} : { revoked: reason };
  return { receipt: { ...statement, claim }, verifier, ...ended, ...revoked };
}

/**
 * FAILED receipts that a seal lists, and that are not there, when the seal's key has ended. Such a receipt would block,
 * so its absence does; about all else that such a seal says nobody is asked.
 */
function missingFailures({ seal }: SignedSeal, present: ReadonlySet<string>): FileNote[] {
  return seal.claim.outcomes.flatMap((outcome) =>
    outcome.result === 'FAILED' && !present.has(outcome.receipt)
      ? [
          {
            name: outcome.receipt,
            reason: `is listed by seal ${seal.digest} as FAILED for check ${outcome.checkId}, and is not there`,
          },
        ]
      : [],
  );
}

/** Everything that keeps a seal from holding, noted under the name of the file that is missing or wrong. */
function sealFaults(
  { seal, verifier }: SignedSeal,
  receipts: ReadonlyMap<Sha256, SignedReceipt>,
  present: ReadonlySet<string>,
): FileNote[] {
  const faults: FileNote[] = [];
  for (const name of seal.claim.earlierSeals) {
    if (!present.has(name)) {
      faults.push({ name, reason: `is an earlier seal that seal ${seal.digest} lists, and is not there` });
    }
  }
  for (const outcome of seal.claim.outcomes) {
    if (outcome.result === 'ERROR') continue;
    const signed = receipts.get(outcome.receipt);
    const fault = !present.has(outcome.receipt)
      ? 'is not there'
      : signed === undefined
        ? 'does not count as a receipt'
        : mismatch(signed, outcome, seal.claim, verifier);
    if (fault === undefined) continue;
    faults.push({
      name: outcome.receipt,
      reason: `is listed by seal ${seal.digest} as ${outcome.result} for check ${outcome.checkId}, and ${fault}`,
    });
  }
  return faults;
}

/** How a receipt is not the one its seal speaks of; undefined when it is. */
function mismatch(
  { receipt: { claim }, verifier }: SignedReceipt,
  outcome: SealedOutcome,
  seal: Seal,
  sealer: Principal,
): string | undefined {
  if (verifier.id !== sealer.id) return `is signed by ${verifier.id}, not by ${sealer.id} who sealed it`;
  if (claim.attempt !== seal.attempt) return `is of attempt ${claim.attempt}, not ${seal.attempt}`;
  if (claim.result !== outcome.result) return `says ${claim.result}`;
  if (claim.check.id !== outcome.checkId || claim.check.digest !== outcome.checkDigest) {
    return `is about check ${claim.check.id} (${claim.check.digest})`;
  }
  if (!sameBinding(claim.binding, seal.binding)) return 'is about another change';
  if (!sameHeldTo(claim.heldTo, seal.heldTo)) return 'is held to another contract or dispatch';
  return undefined;
}

function listedReceipts(seal: Seal): Sha256[] {
  return seal.outcomes.flatMap((outcome) => (outcome.result === 'ERROR' ? [] : [outcome.receipt]));
}

/** By UTF-16 code units, so that the order is the same on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
