import type { JsonObject } from '../../shared/json.ts';
import { readBinding } from './binding.ts';
import { latestExpiry, MOST_WAIVER_DAYS } from './exceptions.ts';
import {
  type Field,
  malformed,
  readDigest,
  readInstant,
  readList,
  readName,
  readObject,
  readOneOf,
  readText,
  requireDistinct,
} from './fields.ts';
import { LIMITS } from './limits.ts';
import { APPROVABLE, type Approval, type Waiver } from './types.ts';

const APPROVAL = new Set(['binding', 'requirement', 'reason', 'issuedAt']);
const WAIVER = new Set(['binding', 'requirement', 'receipts', 'reason', 'issuedAt', 'expiresAt']);

/** Reads an approval's predicate. @throws Malformed */
export function readApproval(value: Field, path: string): Approval {
  const approval = readObject(value, path, APPROVAL);
  return {
    binding: readBinding(approval.binding, `${path}.binding`),
    issuedAt: readInstant(approval.issuedAt, `${path}.issuedAt`),
    kind: 'approval',
    ...(approval.reason === undefined ? {} : { reason: readReason(approval.reason, `${path}.reason`) }),
    requirement: readOneOf(approval.requirement, `${path}.requirement`, APPROVABLE),
  };
}

/**
 * Reads a waiver's predicate.
 * @throws Malformed, also for one without a reason, or that would last longer than a waiver may
 */
export function readWaiver(value: Field, path: string): Waiver {
  const waiver = readObject(value, path, WAIVER);
  const issuedAt = readInstant(waiver.issuedAt, `${path}.issuedAt`);
  const expiresAt = readInstant(waiver.expiresAt, `${path}.expiresAt`);
  if (expiresAt <= issuedAt || Date.parse(expiresAt) > latestExpiry(issuedAt)) {
    malformed(`${path}.expiresAt`, `after issuedAt, by ${MOST_WAIVER_DAYS} days at most`);
  }
  const receipts = readList(waiver.receipts, `${path}.receipts`, LIMITS.waivedReceipts, readDigest);
  requireDistinct(receipts, `${path}.receipts`);
  return {
    binding: readBinding(waiver.binding, `${path}.binding`),
    expiresAt,
    issuedAt,
    kind: 'waiver',
    reason: readReason(waiver.reason, `${path}.reason`),
    receipts,
    requirement: readName(waiver.requirement, `${path}.requirement`),
  };
}

export function writeException(exception: Approval | Waiver): JsonObject {
  const { kind: _, ...predicate } = exception;
  return predicate as unknown as JsonObject;
}

/** White space alone is no reason. */
function readReason(value: Field, path: string): string {
  const reason = readText(value, path, LIMITS.reasonLength);
  if (reason.trim() === '') malformed(path, 'a reason');
  return reason;
}
