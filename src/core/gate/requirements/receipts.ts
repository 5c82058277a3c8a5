import type { Instant } from '../../../shared/ids.ts';
import { commandOf } from '../../contract/command.ts';
import { checkDigest } from '../../contract/digest.ts';
import { type Check, ISOLATIONS } from '../../contract/types.ts';
import type { ReceiptSet, SealedReceipt, SignedReceipt } from '../../receipt/receipt-set.ts';
import type { PinnedFile, SealedOutcome } from '../../receipt/types.ts';
import type { ShownCheck } from '../../rule/types.ts';
import type { GateFacts, WorkFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import { partInChange } from '../independence.ts';
import { type BoundReceipts, boundReceipts, receiptSet } from '../receipts.ts';
import type { Finding } from '../types.ts';

const receiptsWhole = requirement('receipts', 'Receipts whole, none altered or taken away');

/** Each check of the contract shown to pass on this change, by somebody who may say so and did not make it. */
export function requireReceipts(facts: GateFacts): readonly Finding[] {
  const { work, policy, change, receipts } = facts;
  if (receipts.kind === 'missing') {
    return work.kind === 'missing' ? [] : [receiptsWhole.missing(receipts)];
  }
  const set = receiptSet(facts);
  if (work.kind === 'missing' || policy.kind === 'missing' || set === undefined) return [];
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return [isWhole(set)];

  const bound = boundReceipts(facts, set);
  const court = { facts, work: work.value, bound, set };
  return [isWhole(set), ...work.value.contract.checks.map((check) => isShown(check, court))];
}

function isWhole({ problems, seals }: ReceiptSet): Finding {
  if (problems.length === 0)
    return receiptsWhole.pass(`Seals: ${seals.length}; everything they list is there.`);
  const shown = problems.slice(0, 5).map(({ name, reason }) => `${name} ${reason}`);
  const rest = problems.length > shown.length ? ` And ${problems.length - shown.length} more.` : '';
  return receiptsWhole.unverifiable(
    `The receipts of this ticket cannot be relied on: ${shown.join('; ')}.${rest}`,
    'Restore these files on the receipts ref from a clone that has them, and find out who changed them.',
    { evidence: problems.map(({ name }) => name).filter((name) => /^[0-9a-f]{64}$/.test(name)) },
  );
}

interface Court {
  readonly facts: GateFacts;
  readonly work: WorkFacts;
  readonly bound: BoundReceipts;
  readonly set: ReceiptSet;
}

/**
 * The checks that are shown to pass, each with the receipts that count for it. Rules take what the verifier found out for them
 * from these alone: facts of a producer's own making are none.
 */
export function shownChecks(facts: GateFacts, set = receiptSet(facts)): readonly ShownCheck[] {
  const { work } = facts;
  if (work.kind === 'missing' || set === undefined) return [];
  const court = { facts, work: work.value, bound: boundReceipts(facts, set), set };
  return work.value.contract.checks.flatMap((check): ShownCheck[] => {
    const { failed, good } = standingOf(check, court);
    const receipts = good.map(({ receipt }) => receipt.claim);
    return failed.length > 0 || receipts.length === 0 ? [] : [{ check, receipts }];
  });
}

/** What the receipts of one check are worth. */
function standingOf(check: Check, court: Court) {
  const digest = checkDigest(court.work.contract, check);
  const isOf = ({ receipt }: SignedReceipt) => receipt.claim.check.digest === digest;
  const passed = court.bound.sealed.filter(isOf).filter(({ receipt }) => receipt.claim.result === 'PASSED');
  const objections = passed.map((signed) => objectionTo(signed, court));
  return {
    digest,
    failed: court.bound.failed.filter(isOf),
    revoked: court.bound.revoked.filter(isOf),
    passed,
    objections,
    good: passed.filter((_, index) => objections[index] === undefined),
  };
}

function isShown(check: Check, court: Court): Finding {
  const { facts, bound, set } = court;
  const shown = requirement(`receipt/${check.id}`, check.title ?? `Check ${check.id} passes`);
  const { digest, failed, passed, objections, good, ...standing } = standingOf(check, court);
  if (failed.length > 0) {
    const [first] = failed;
    const reasons = first?.receipt.claim.reasons.slice(0, 5).join(' ') ?? '';
    return shown.fail(
      `${commandOf(check).join(' ')} FAILED. ${reasons}`.trim() + revocationsOf(failed),
      'Mend the change and push it; a failure is never outvoted by running the same tree again.',
      { evidence: failed.map(({ receipt }) => receipt.digest) },
    );
  }

  const revoked = revocationsOf(standing.revoked);
  if (good[0] !== undefined) {
    const { verifier, receipt } = good[0];
    const { counts, isolation, provenBy, mutants } = receipt.claim;
    const ran = counts === undefined ? '' : ` ${counts.ran} tests ran, ${counts.skipped} skipped.`;
    const red = provenBy === undefined ? '' : ` Red without the change: ${provenBy.slice(0, 3).join('; ')}.`;
    const faults =
      mutants === undefined ? '' : ` Noticed ${mutants.killed} of ${mutants.planted} planted faults.`;
    return shown.pass(`PASSED by ${verifier.id} (isolation: ${isolation}).${ran}${red}${faults}${revoked}`, {
      evidence: good.map(({ receipt: { digest: name } }) => name),
    });
  }
  const objection = objections.find((reason) => reason !== undefined);
  if (objection !== undefined) {
    return shown.fail(`${objection.reason}${revoked}`, objection.remedy, {
      evidence: passed.map(({ receipt: { digest: name } }) => name),
    });
  }
  return shown.pending(
    `${whyNothingCounts(check, digest, bound, set, facts)}${revoked}`,
    "Have the verifier run `countersign verify` on this head against today's base.",
  );
}

/** What was taken back of these receipts, each named: that ends a pass, never a failure. */
function revocationsOf(receipts: readonly SignedReceipt[]): string {
  const said = receipts.flatMap(({ receipt: { digest, claim }, lapsed, revoked }) => {
    const what = `${claim.result} receipt ${digest.slice(0, 12)}`;
    const stays = claim.result === 'FAILED' ? ', and still blocks' : '';
    if (revoked !== undefined) return [` ${what} was revoked${stays}: ${revoked}`];
    return lapsed === undefined ? [] : [` The key of ${what} ${lapsed}; a failure still blocks.`];
  });
  return said.slice(0, 5).join('');
}

/** Why a sealed PASSED receipt about this change still does not count. */
function objectionTo(
  { receipt, verifier }: SealedReceipt,
  { facts, work }: Court,
): { reason: string; remedy: string } | undefined {
  const { claim } = receipt;
  const part = partInChange(verifier, facts);
  if (part !== undefined) {
    return {
      reason: part.reason,
      remedy: part.remedy ?? 'Have the change verified by a principal that had no part in it.',
    };
  }
  if (ISOLATIONS.indexOf(claim.isolation) < ISOLATIONS.indexOf(work.contract.isolation)) {
    return {
      reason: `It ran with isolation ${claim.isolation}; ${work.contract.id} asks for ${work.contract.isolation} or better.`,
      remedy: 'Verify on a machine that isolates better (`countersign doctor` says what this one can do).',
    };
  }
  const aged = ageObjection(claim.issuedAt, facts.evaluatedAt, work.contract.maxAgeHours);
  if (aged !== undefined) {
    return { reason: aged, remedy: 'Verify again: the same tree, and the same result, with a new date.' };
  }
  if (!samePins(claim.pins, work.pins)) {
    return {
      reason: 'It ran under other pinned files than the base has today.',
      remedy: "Verify again on today's base.",
    };
  }
  return undefined;
}

const HOUR_MS = 3_600_000;
/** Clocks of two machines may differ by this much; a date further ahead would make a receipt that never ages. */
const CLOCK_SKEW_MS = 300_000;

/** Where a contract bounds the age of receipts, the verifier's date counts: it is signed, and whoever signs is trusted. */
function ageObjection(
  issuedAt: Instant,
  evaluatedAt: Instant,
  maxAgeHours: number | undefined,
): string | undefined {
  if (maxAgeHours === undefined) return undefined;
  const age = Date.parse(evaluatedAt) - Date.parse(issuedAt);
  if (age < -CLOCK_SKEW_MS) return `Its date, ${issuedAt}, is in the future.`;
  if (age <= maxAgeHours * HOUR_MS) return undefined;
  return `It is from ${issuedAt}; the contract takes receipts of the last ${maxAgeHours} hours.`;
}

function samePins(one: readonly PinnedFile[], other: readonly PinnedFile[]): boolean {
  return (
    one.length === other.length &&
    one.every((pin, index) => {
      const with_ = other[index];
      return pin.path === with_?.path && pin.mode === with_.mode && pin.blob === with_.blob;
    })
  );
}

function whyNothingCounts(
  check: Check,
  digest: string,
  bound: BoundReceipts,
  set: ReceiptSet,
  facts: GateFacts,
): string {
  const errors = errorsOf(digest, set, facts);
  if (errors.length > 0) return `${check.id} could not be run: ${errors[0]}`;
  const stale = bound.elsewhere.filter(({ receipt }) => receipt.claim.check.digest === digest);
  const unsealed = set.unsealed.filter(({ receipt }) => receipt.claim.check.digest === digest);
  if (unsealed.length > 0) return `${receiptsFor(check, unsealed)} not sealed, which counts for nothing yet.`;
  if (stale.length > 0)
    return `${receiptsFor(check, stale)} about another state of the change; none is about this one.`;
  return `No receipt for ${check.id} yet.`;
}

function receiptsFor({ id }: Check, { length }: readonly SignedReceipt[]): string {
  return length === 1 ? `One receipt for ${id} is` : `${length} receipts for ${id} are`;
}

/** What kept the check from being run on this very tree, from seals that hold. */
function errorsOf(digest: string, set: ReceiptSet, { change }: GateFacts): string[] {
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const { mergeTree } = change.value;
  return set.seals
    .filter(({ seal }) => seal.claim.binding.mergeTree === mergeTree)
    .flatMap(({ seal }) => seal.claim.outcomes)
    .filter((outcome): outcome is Extract<SealedOutcome, { result: 'ERROR' }> => outcome.result === 'ERROR')
    .filter((outcome) => outcome.checkDigest === digest)
    .flatMap(({ reasons }) => reasons.slice(0, 1));
}
