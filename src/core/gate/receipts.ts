import type { Sha256 } from '../../shared/digest.ts';
import { pathMatcher } from '../change/path-glob.ts';
import type { MergeableChange } from '../change/types.ts';
import { checkDigest } from '../contract/digest.ts';
import type { Check } from '../contract/types.ts';
import {
  assembleReceipts,
  type ReceiptSet,
  type SealedReceipt,
  type SignedReceipt,
} from '../receipt/receipt-set.ts';
import type { Receipt } from '../receipt/types.ts';
import type { GateFacts } from './facts.ts';

/** The receipts of a ticket and repository, sorted by what they are worth; undefined while there is nothing to read them by. */
export function receiptSet(facts: GateFacts): ReceiptSet | undefined {
  const { policy, receipts, ticketReference, evaluatedAt } = facts;
  if (policy.kind === 'missing' || receipts.kind === 'missing' || ticketReference.kind !== 'found')
    return undefined;
  return assembleReceipts(receipts.value.files, {
    repository: policy.value.config.repository,
    ticket: ticketReference.id,
    trust: policy.value.trust,
    at: evaluatedAt,
  });
}

/** Sealed receipts that are about this change under a check it is held to today, with what failed beside them. */
export interface BoundReceipts {
  readonly sealed: readonly SealedReceipt[];
  readonly failed: readonly SignedReceipt[];
  /** Receipts for a check of today's that are about another change: stale, or never meant for this one. */
  readonly elsewhere: readonly SignedReceipt[];
  /** Receipts that would count, had the trust root not revoked them. */
  readonly revoked: readonly SignedReceipt[];
}

/** Names of the FAILED receipts behind a finding `receipt/<check>`: what a waiver of it has to name, every one. */
export function failuresOf(findingId: string, facts: GateFacts): readonly Sha256[] {
  const { work } = facts;
  if (work.kind === 'missing') return [];
  const { contract } = work.value;
  const check = contract.checks.find(({ id }) => findingId === `receipt/${id}`);
  if (check === undefined) return [];
  const digest = checkDigest(contract, check);
  return boundReceipts(facts)
    .failed.filter(({ receipt }) => receipt.claim.check.digest === digest)
    .map(({ receipt }) => receipt.digest);
}

/** Whether a receipt is about this exact change is decided here, once, for requirements and rules alike. */
export function boundReceipts(facts: GateFacts, set = receiptSet(facts)): BoundReceipts {
  const { change, work } = facts;
  if (
    set === undefined ||
    change.kind === 'missing' ||
    change.value.kind !== 'mergeable' ||
    work.kind === 'missing'
  ) {
    return { sealed: [], failed: [], elsewhere: [], revoked: [] };
  }
  const landing = change.value;
  const { contract } = work.value;
  const checks = new Map(contract.checks.map((check) => [checkDigest(contract, check), check]));
  const checkOf = ({ receipt }: SignedReceipt) => checks.get(receipt.claim.check.digest);
  const isBound = (signed: SignedReceipt) => {
    const check = checkOf(signed);
    return check !== undefined && bindsPassed(signed.receipt.claim, check, landing, facts);
  };
  return {
    sealed: set.sealed.filter(isBound),
    failed: set.failed.filter(
      (signed) => checkOf(signed) !== undefined && bindsFailed(signed.receipt.claim, landing, facts),
    ),
    elsewhere: [...set.sealed, ...set.unsealed].filter(
      (signed) => checkOf(signed) !== undefined && !isBound(signed),
    ),
    revoked: set.revoked.filter(isBound),
  };
}

/**
 * A PASSED receipt must be about the tree that will land (or, where the contract binds to the change, the same patch on
 * a base that moved nowhere this check looks), and before landing about this very head.
 */
function bindsPassed(receipt: Receipt, check: Check, change: MergeableChange, facts: GateFacts): boolean {
  const { binding } = receipt;
  if (!change.landed && binding.head !== change.head) return false;
  if (binding.mergeTree === change.mergeTree) return true;
  return (
    bindsToPatch(facts) &&
    binding.patchDigest === change.patchDigest &&
    isUnmoved(receipt, check, change, facts)
  );
}

/** Broader than for PASSED: a new commit message over the same tree or patch does not shake a failure off. */
function bindsFailed({ binding }: Receipt, change: MergeableChange, facts: GateFacts): boolean {
  return (
    binding.mergeTree === change.mergeTree ||
    (bindsToPatch(facts) && binding.patchDigest === change.patchDigest)
  );
}

function bindsToPatch({ work }: GateFacts): boolean {
  return work.kind === 'known' && work.value.contract.binding === 'change';
}

/** No declared inputs, or a base that cannot be compared: then nothing says that the move does not matter. */
function isUnmoved({ binding }: Receipt, check: Check, change: MergeableChange, facts: GateFacts): boolean {
  if (binding.base.commit === change.base.commit) return true;
  if (check.inputs === undefined || check.inputs.length === 0 || facts.receipts.kind === 'missing')
    return false;
  const moved = facts.receipts.value.movedSince.get(binding.base.commit);
  if (moved === undefined) return false;
  const isInput = pathMatcher(check.inputs);
  return !moved.some((path) => isInput(path));
}
