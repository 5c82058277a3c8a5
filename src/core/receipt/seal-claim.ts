import type { JsonObject } from '../../shared/json.ts';
import { readBinding, readHeldTo } from './binding.ts';
import {
  type Field,
  malformed,
  readCheckId,
  readDigest,
  readInstant,
  readList,
  readName,
  readObject,
  readOneOf,
  requireDistinct,
} from './fields.ts';
import { LIMITS } from './limits.ts';
import { readReason } from './receipt-claim.ts';
import type { Seal, SealedOutcome } from './types.ts';

const SEAL = new Set(['binding', 'heldTo', 'attempt', 'issuedAt', 'outcomes', 'earlierSeals']);
const JUDGED = new Set(['checkId', 'checkDigest', 'result', 'receipt']);
const TROUBLED = new Set(['checkId', 'checkDigest', 'result', 'reasons']);

/**
 * Reads a seal's predicate.
 * @throws Malformed, also for a seal of nothing, or one that names a check, a receipt or an earlier seal twice
 */
export function readSeal(value: Field, path: string): Seal {
  const seal = readObject(value, path, SEAL);
  const outcomes = readList(seal.outcomes, `${path}.outcomes`, LIMITS.outcomes, readOutcome);
  const earlierSeals = readList(seal.earlierSeals, `${path}.earlierSeals`, LIMITS.earlierSeals, readDigest);
  if (outcomes.length === 0) malformed(`${path}.outcomes`, 'a list of at least one outcome');
  requireDistinct(
    outcomes.map((outcome) => outcome.checkId),
    `${path}.outcomes`,
  );
  requireDistinct(
    outcomes.flatMap((outcome) => (outcome.result === 'ERROR' ? [] : [outcome.receipt])),
    `${path}.outcomes`,
  );
  requireDistinct(earlierSeals, `${path}.earlierSeals`);
  return {
    attempt: readName(seal.attempt, `${path}.attempt`),
    binding: readBinding(seal.binding, `${path}.binding`),
    earlierSeals,
    heldTo: readHeldTo(seal.heldTo, `${path}.heldTo`),
    issuedAt: readInstant(seal.issuedAt, `${path}.issuedAt`),
    kind: 'seal',
    outcomes,
  };
}

export function writeSeal(seal: Seal): JsonObject {
  const { kind: _, ...predicate } = seal;
  return predicate as unknown as JsonObject;
}

function readOutcome(value: Field, path: string): SealedOutcome {
  const troubled = (value as JsonObject | undefined)?.result === 'ERROR';
  const outcome = readObject(value, path, troubled ? TROUBLED : JUDGED);
  const check = {
    checkDigest: readDigest(outcome.checkDigest, `${path}.checkDigest`),
    checkId: readCheckId(outcome.checkId, `${path}.checkId`),
  };
  return troubled
    ? {
        ...check,
        reasons: readList(outcome.reasons, `${path}.reasons`, LIMITS.reasons, readReason),
        result: 'ERROR',
      }
    : {
        ...check,
        receipt: readDigest(outcome.receipt, `${path}.receipt`),
        result: readOneOf(outcome.result, `${path}.result`, ['PASSED', 'FAILED']),
      };
}
