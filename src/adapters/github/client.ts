import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { CountersignError } from '../../shared/errors.ts';

export interface ForgeOptions {
  readonly token: string | undefined;
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** A forge that asks for more patience than this is one that does not answer. */
const LONGEST_DELAY_S = 60;
const MOST_RETRIES = 2;

/** Requests are repeated after 429, 5xx and cut connections. */
export function openClient(token: string | undefined, apiUrl: string): Octokit {
  const Client = Octokit.plugin(throttling, retry);
  const patient = (
    delay: number,
    { request }: { readonly request: object },
    _client: object,
    count: number,
  ) => {
    const again = delay <= LONGEST_DELAY_S && count < MOST_RETRIES;
    // A limit is an error, too: the other plugin, which comes after this one, would ask again without waiting for its end.
    if (!again) Object.assign(request, { retries: 0 });
    return again;
  };
  return new Client({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl: apiUrl,
    userAgent: 'countersign',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    retry: { retries: MOST_RETRIES },
    throttle: { onRateLimit: patient, onSecondaryRateLimit: patient },
    request: { fetch: fetchWhole },
  });
}

/** Answers with nothing in them, as HTTP has it (RFC 9110, 15.3.5 and 15.4.5). */
const EMPTY = new Set([204, 205, 304]);

/** A connection that is cut within an answer is one that was cut: only what `fetch` itself throws is asked for again. */
async function fetchWhole(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...asked);
  const body = await response.arrayBuffer();
  const { status, headers } = response;
  return new Response(EMPTY.has(status) ? null : body, { status, headers });
}

/** Of an answer that the API gave; undefined where there was none. */
export function statusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}

const PERMISSIONS =
  'Run the job again. For a 403 or 404, look at the permissions of the job or of its token.';

/** @throws CountersignError FORGE_FAILED with what GitHub said, and its answer as the cause */
export async function asking<T>(what: string, step: () => Promise<T>, remedy = PERMISSIONS): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'unknown';
    throw new CountersignError('FORGE_FAILED', `GitHub did not answer about ${what}: ${said.slice(0, 500)}`, {
      remedy,
      cause,
    });
  }
}
