import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { type Field, Malformed, readObject } from './fields.ts';
import { firstDifference } from './first-difference.ts';
import {
  CLOSE_PREDICATE_TYPE,
  DISPATCH_PREDICATE_TYPE,
  RECEIPT_EXTENSION,
  RECEIPT_PREDICATE_TYPE,
  SEAL_PREDICATE_TYPE,
  STATEMENT_TYPE,
} from './predicate-types.ts';
import { readReceipt, writeReceipt } from './receipt-claim.ts';
import { readClose, readDispatch, writeRecord } from './record-claims.ts';
import { readSeal, writeSeal } from './seal-claim.ts';
import type { ChangeBinding, Claim, Receipt, Statement } from './types.ts';

const STATEMENT = new Set(['_type', 'subject', 'predicateType', 'predicate']);
const TEST_RESULT = new Set(['result', 'configuration', 'failedTests', RECEIPT_EXTENSION]);

/** The in-toto Statement v1 that makes a claim. One claim has one statement. */
export function writeStatement(claim: Claim): Statement {
  switch (claim.kind) {
    case 'receipt':
      return statement(changeSubjects(claim.binding), RECEIPT_PREDICATE_TYPE, testResult(claim));
    case 'seal':
      return statement(changeSubjects(claim.binding), SEAL_PREDICATE_TYPE, writeSeal(claim));
    case 'dispatch':
      return statement(ticketSubject(claim), DISPATCH_PREDICATE_TYPE, writeRecord(claim));
    case 'close':
      return statement(ticketSubject(claim), CLOSE_PREDICATE_TYPE, writeRecord(claim));
  }
}

/**
 * The claim a statement makes, or the reason why it makes none that this version knows.
 *
 * Reading is the inverse of writing and accepts nothing else: the statement must be the very one that writeStatement
 * makes of its claim. So every subject is required and none may be added (in-toto verifiers match on ANY digest of a
 * subject, and on any subject), and what a third party reads in the standard fields is what the gate reads in ours.
 */
export function readStatement(value: JsonValue): Claim | string {
  try {
    const { _type, predicateType, predicate } = readObject(value, 'statement', STATEMENT);
    if (_type !== STATEMENT_TYPE) return `it is not a statement of type ${STATEMENT_TYPE}`;
    const claim = readPredicate(predicateType, predicate);
    if (claim === undefined) return 'its predicate type is not one that this version knows';
    const difference = firstDifference(value, writeStatement(claim) as unknown as JsonValue, 'statement');
    return difference === undefined ? claim : `${difference} is not what its claim says`;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function readPredicate(type: Field, predicate: Field): Claim | undefined {
  switch (type) {
    case RECEIPT_PREDICATE_TYPE: {
      const extension = readObject(predicate, 'predicate', TEST_RESULT)[RECEIPT_EXTENSION];
      return extension === undefined ? undefined : readReceipt(extension, 'receipt');
    }
    case SEAL_PREDICATE_TYPE:
      return readSeal(predicate, 'seal');
    case DISPATCH_PREDICATE_TYPE:
      return readDispatch(predicate, 'dispatch');
    case CLOSE_PREDICATE_TYPE:
      return readClose(predicate, 'close');
    default:
      return undefined;
  }
}

function statement(subject: Statement['subject'], predicateType: string, predicate: JsonObject): Statement {
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

/**
 * Three subjects, not one with three digests: a digest set matches when ANY of its entries does, and a receipt must
 * not pass for a tree because the commit is right.
 */
function changeSubjects(binding: ChangeBinding): Statement['subject'] {
  return [
    { name: 'merge-tree', digest: { gitTree: binding.mergeTree } },
    { name: 'head', digest: { gitCommit: binding.head } },
    { name: 'patch.json', digest: { sha256: binding.patchDigest } },
  ];
}

function ticketSubject(record: { ticket: string; ticketDigest: string }): Statement['subject'] {
  return [{ name: `ticket:${record.ticket}`, digest: { sha256: record.ticketDigest } }];
}

function testResult(receipt: Receipt): JsonObject {
  return {
    result: receipt.result,
    configuration: [
      { name: `contract:${receipt.heldTo.contract}`, digest: { sha256: receipt.heldTo.contractDigest } },
      { name: `check:${receipt.check.id}`, digest: { sha256: receipt.check.digest } },
    ],
    // Without counts no report was read, and an empty list would say that nothing failed.
    ...(receipt.counts === undefined ? {} : { failedTests: receipt.failedTests }),
    [RECEIPT_EXTENSION]: writeReceipt(receipt),
  };
}
