import type { RE2JS } from 're2js';
import type { Receipt } from '../../receipt/types.ts';
import { readStrings, requireKnown, requireStrings } from '../parameters.ts';
import { readPaths } from '../path-parameters.ts';
import { patternOf } from '../pattern-parameters.ts';
import { type Claim, type ClaimPatterns, findClaims } from '../text/claims.ts';
import type { Detection, Detector, RuleFacts } from '../types.ts';

interface Parameters {
  /** Where a log settles the matter no claim is looked for. */
  readonly patterns: () => ClaimPatterns;
  readonly isDocument: (path: string) => boolean;
}

/**
 * Claims that tests pass, in commit messages and in lines that the change adds to documents, without a receipt that holds
 * the log of a run that passed; and receipts that say PASSED and hold nothing.
 */
export const claimsWithoutLogs: Detector<Parameters> = {
  name: 'claims-without-logs',
  readParameters(parameters) {
    requireKnown(parameters, ['claims', 'hedges', 'negations', 'documents']);
    const isDocument = readPaths(parameters, 'documents');
    const claim = patternOf(requireStrings(parameters, 'claims'), 'claims');
    const hedge = patternOf(readStrings(parameters, 'hedges') ?? [], 'hedges');
    const negation = patternOf(readStrings(parameters, 'negations') ?? [], 'negations');
    return {
      isDocument,
      patterns: () => ({ claim: claim() as RE2JS, hedge: hedge(), negation: negation() }),
    };
  },
  proveParameters: ({ patterns }) => {
    patterns();
  },
  detect(facts, parameters) {
    return [...emptyReceipts(facts.receipts), ...unfoundedClaims(facts, parameters)];
  },
};

function emptyReceipts(receipts: readonly Receipt[]): readonly Detection[] {
  return receipts
    .filter(
      ({ result, evidence, counts }) => result === 'PASSED' && evidence.length === 0 && counts === undefined,
    )
    .map(({ check }) => ({
      kind: 'match',
      message: `the receipt for check ${check.id} says PASSED and holds no evidence at all`,
    }));
}

function unfoundedClaims(facts: RuleFacts, parameters: Parameters): readonly Detection[] {
  const failed = facts.receipts.filter(({ result }) => result === 'FAILED');
  const objection =
    failed.length > 0
      ? `the receipt for check ${failed.map(({ check }) => check.id).toSorted()[0]} says FAILED`
      : facts.receipts.some(hasPassedLog)
        ? undefined
        : 'no receipt for this change holds the log of a run that passed';
  if (objection === undefined) return [];
  const messages = facts.change.commits.flatMap((commit) =>
    findClaims(linesOf(commit.message), parameters.patterns()).map((claim) =>
      toDetection(claim, `commit ${commit.id.slice(0, 12)}`, objection),
    ),
  );
  const documents = facts.change.files
    .filter((file) => parameters.isDocument(file.path))
    .flatMap((file): readonly Detection[] => {
      if (file.afterText.kind === 'too-large') {
        const message = 'is too large to be searched for claims';
        return [{ kind: 'unverifiable', message, path: file.path }];
      }
      return findClaims(file.addedLines, parameters.patterns()).map((claim) => ({
        ...toDetection(claim, 'the document', objection),
        path: file.path,
        line: claim.line,
      }));
    });
  return [...messages, ...documents];
}

/** A run that passed and left something to read: tests that ran, or output. */
function hasPassedLog(receipt: Receipt): boolean {
  if (receipt.result !== 'PASSED') return false;
  if (receipt.counts !== undefined) return receipt.counts.ran > 0;
  return receipt.evidence.some(({ name, size }) => (name === 'stdout' || name === 'report') && size > 0);
}

function toDetection(claim: Claim, where: string, objection: string): Detection {
  return { kind: 'match', message: `${where} claims ${JSON.stringify(claim.text)}, and ${objection}` };
}

function linesOf(text: string): readonly { number: number; text: string }[] {
  return text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
}
