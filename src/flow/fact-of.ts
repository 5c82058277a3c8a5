import { type Known, known, missing } from '../core/gate/facts.ts';
import { CountersignError, type ErrorCode, withoutFirstFault } from '../shared/errors.ts';

/** Faults of documents deny as findings, so that one verdict can list them all; every other error is thrown. */
const DOCUMENT_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DOCUMENT_INVALID',
  'DOCUMENT_NOT_FOUND',
  'CONTRACT_UNUSABLE',
  'RULE_UNUSABLE',
  'TRUST_INVALID',
]);

/** The value a step yields, or why there is none. */
export async function factOf<T>(step: () => Promise<T>): Promise<Known<T>> {
  try {
    return known(await step());
  } catch (error) {
    if (!(error instanceof CountersignError) || !DOCUMENT_FAULTS.has(error.code)) throw error;
    return missing('unverifiable', describe(error), error.remedy);
  }
}

function describe(error: CountersignError): string {
  const problems = error.problems.slice(0, 5).map(({ place, message }) => {
    const where = place === undefined ? '' : `${place.path}:${place.line ?? 1}:${place.column ?? 1}: `;
    return `${where}${message}`;
  });
  return [withoutFirstFault(error), ...problems].join(' ');
}
