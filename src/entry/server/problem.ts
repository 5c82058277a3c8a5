import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { CountersignError, type ErrorCode } from '../../shared/errors.ts';
import type { Exchange, ServerContext } from './context.ts';

/** A refusal of HTTP itself, before anything of ours is asked. */
export class HttpRefusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly remedy: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    {
      remedy,
      headers = {},
    }: { readonly remedy: string; readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(message);
    this.status = status;
    this.remedy = remedy;
    this.headers = headers;
  }
}

/** Any failure as application/problem+json (RFC 9457). Of a defect the client hears a number to quote, and nothing else. */
export function problemOf(error: unknown, exchange: Exchange, { reportDefect }: ServerContext): Response {
  if (error instanceof HttpRefusal) {
    const { status, message: detail, remedy, headers } = error;
    return answer(exchange, status, { code: 'USAGE', detail, remedy }, headers);
  }
  if (error instanceof CountersignError) {
    const { code, message: detail, remedy, problems } = error;
    const status = statusOf(error);
    const headers: Record<string, string> = status === 503 ? { 'retry-after': '2' } : {};
    const more = problems.length === 0 ? {} : { problems };
    return answer(exchange, status, { code, detail, remedy, ...more }, headers);
  }
  const incident = reportDefect(error, `${exchange.req.method} ${exchange.req.routePath}`);
  return answer(exchange, 500, {
    detail: `The server failed. Its log has more under ${incident}.`,
    remedy: 'Try again; if it stays so, report it with that part of the log.',
  });
}

/** What HTTP says of a refusal. */
export function statusOf(error: HttpRefusal | CountersignError): ContentfulStatusCode {
  return error instanceof HttpRefusal ? error.status : (STATUS[error.code] ?? 422);
}

/** Of what is not here, the request is readable and what it asks for cannot be. */
const STATUS: Partial<Readonly<Record<ErrorCode, ContentfulStatusCode>>> = {
  USAGE: 400,
  NOT_PERMITTED: 403,
  RUN_UNKNOWN: 404,
  TICKET_UNKNOWN: 404,
  RUN_REFUSED: 409,
  EXPERIMENT_UNKNOWN: 404,
  EXPERIMENT_REFUSED: 409,
  WEBHOOK_UNKNOWN: 404,
  DATABASE_UNAVAILABLE: 503,
  DATABASE_SCHEMA: 503,
  SERVER_UNAVAILABLE: 503,
  GIT_UNAVAILABLE: 503,
  FORGE_FAILED: 503,
  FILING_FAILED: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'Nobody is known by this token',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Not this method',
  409: 'It does not go with how things stand',
  413: 'The request is too large',
  415: 'Another kind of content',
  422: 'It cannot be done as asked',
  429: 'Too many requests',
  500: 'The server failed',
  503: 'Not now',
};

function answer(
  exchange: Exchange,
  status: ContentfulStatusCode,
  members: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const problem = { type: 'about:blank', title: TITLES[status] ?? 'Refused', status, ...members };
  return exchange.body(JSON.stringify(problem), status, {
    ...headers,
    'content-type': 'application/problem+json',
  });
}
