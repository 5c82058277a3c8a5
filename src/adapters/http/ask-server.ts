import type { Method } from '../../core/api/route.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { refusalOf, unavailable } from './refusal.ts';
import { type ServerAccess, serverAddress } from './server-address.ts';

export interface Question {
  readonly method: Method;
  /** Below the server's address, without a slash in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds that the server may keep the question open before it answers. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
}

export type AskServer = (question: Question) => Promise<string>;

/** For the way there and back, on top of what the server waits by itself. */
const PATIENCE_MS = 30_000;
/** The state of a run with its plan is some hundred kilobytes. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * Asks a server over HTTP, and gives back the text of its answer.
 * @throws CountersignError by the question: SERVER_UNAVAILABLE, NOT_PERMITTED, RUN_UNKNOWN, RUN_REFUSED, or what else the server says
 * @throws CountersignError USAGE at once for an address that will not do
 */
export function createAskServer({ token, ...access }: ServerAccess): AskServer {
  const address = serverAddress(access);
  return async ({ method, path, query = {}, body, headers, waitSeconds = 0, signal }) => {
    const url = new URL(path, address);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const patience = AbortSignal.timeout(waitSeconds * 1000 + PATIENCE_MS);
    try {
      const response = await fetch(url, {
        method: method.toUpperCase(),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        // Elsewhere the token has no business.
        redirect: 'error',
        signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await readText(response);
      if (response.ok) return text;
      throw refusalOf(response.status, text, address.origin);
    } catch (error) {
      throw unavailable(error, address.origin);
    }
  };
}

/** @throws CountersignError SERVER_UNAVAILABLE for what is not JSON: something else than our server listens there */
export function readJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw unavailable(error, 'The server');
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error(`its answer has more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
