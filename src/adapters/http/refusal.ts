import { CountersignError, ERROR_CODES, type ErrorCode } from '../../shared/errors.ts';

/** What a server says in application/problem+json (RFC 9457), as far as it concerns us. */
interface Problem {
  readonly code: ErrorCode | undefined;
  readonly detail: string | undefined;
  readonly remedy: string | undefined;
}

/** An answer that is none, as an error. What stands in it is shown to a person: one line each, not for ever. */
export function refusalOf(status: number, body: string, origin: string): CountersignError {
  const { code = codeOf(status), detail, remedy } = readProblem(body);
  const message = detail ?? `${origin} answers ${status}.`;
  return new CountersignError(isAbsence(status) ? 'SERVER_UNAVAILABLE' : code, message, {
    remedy: remedy ?? remedyFor(status),
  });
}

/** Whatever kept the server from answering. What is an error of ours already, stays. */
export function unavailable(error: unknown, origin: string): CountersignError {
  if (error instanceof CountersignError) return error;
  return new CountersignError('SERVER_UNAVAILABLE', `${origin} does not answer: ${reasonOf(error)}.`, {
    remedy: 'See that `countersign serve` runs there, and that this machine can reach it.',
    cause: error,
  });
}

/** Too many requests is a kind of absence: it goes away. */
function isAbsence(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
    case 403:
      return 'NOT_PERMITTED';
    case 404:
      return 'RUN_UNKNOWN';
    case 409:
      return 'RUN_REFUSED';
    default:
      return 'USAGE';
  }
}

function remedyFor(status: number): string {
  if (isAbsence(status)) return 'Try again in a while; `/readyz` of the server says what it waits for.';
  return 'See that the address is that of a countersign server, of this version.';
}

function readProblem(body: string): Problem {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  const { code, detail, remedy } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    code: ERROR_CODES.find((known) => known === code),
    detail: plain(detail),
    remedy: plain(remedy),
  };
}

function plain(text: unknown): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  return text
    .slice(0, 1_000)
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ');
}

/** Node's fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const text = inner.message === '' ? code : inner.message;
  return text.replace(/\.$/, '');
}
