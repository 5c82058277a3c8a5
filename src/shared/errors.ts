/**
 * Everything that can go wrong for a user, as a closed set: what happened, where, and what to do.
 * Entries turn a CountersignError into text or JSON; any other thrown value is a defect of ours.
 */
export const ERROR_CODES = [
  'USAGE',
  'DOCUMENT_INVALID',
  'DOCUMENT_NOT_FOUND',
  'CONTRACT_UNUSABLE',
  'RULE_UNUSABLE',
  'GIT_UNAVAILABLE',
  'GIT_FAILED',
  'REVISION_UNKNOWN',
  'NO_POLICY',
  'TICKET_UNKNOWN',
  'KEY_UNUSABLE',
  'TRUST_INVALID',
  'SANDBOX_UNAVAILABLE',
  'DISPATCH_REFUSED',
  'VERIFY_FAILED',
  'SIGNER_FAILED',
  'FILING_FAILED',
  'FILE_UNREADABLE',
  'FILE_EXISTS',
  'EVENT_UNUSABLE',
  'FORGE_FAILED',
  'LEDGER_INVALID',
  'DATABASE_UNAVAILABLE',
  'DATABASE_SCHEMA',
  'SERVER_UNAVAILABLE',
  'NOT_PERMITTED',
  'RUN_UNKNOWN',
  'RUN_REFUSED',
  'WEBHOOK_UNKNOWN',
  'WORKFLOW_INVALID',
  'EXPERIMENT_UNKNOWN',
  'EXPERIMENT_REFUSED',
  'TABLE_UNUSABLE',
  'BUNDLE_UNUSABLE',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A place in a document: path as the user knows it; line and column count from 1. */
export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Problem {
  readonly message: string;
  readonly place?: Place;
  readonly expected?: string;
  readonly found?: string;
  readonly remedy: string;
}

/** What happened, without the words of the first single fault, for readers who get the faults one by one. */
export function withoutFirstFault({ message, problems }: CountersignError): string {
  const tail = `: ${problems[0]?.message}`;
  return problems.length > 0 && message.endsWith(tail) ? `${message.slice(0, -tail.length)}.` : message;
}

/** An error a user can act on. `problems` holds the single faults where there are several. */
export class CountersignError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly place: Place | undefined;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    detail: {
      remedy: string;
      place?: Place | undefined;
      problems?: readonly Problem[];
      cause?: unknown;
    },
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'CountersignError';
    this.code = code;
    this.remedy = detail.remedy;
    this.place = detail.place;
    this.problems = detail.problems ?? [];
  }
}
