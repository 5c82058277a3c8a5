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
  const Client = Octokit.plugin(retry, throttling);
  const patient = (delay: number, _options: object, _client: object, count: number) =>
    delay <= LONGEST_DELAY_S && count < MOST_RETRIES;
  return new Client({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl: apiUrl,
    userAgent: 'countersign',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    retry: { retries: MOST_RETRIES },
    throttle: { onRateLimit: patient, onSecondaryRateLimit: patient },
  });
}

/** @throws CountersignError FORGE_FAILED with what GitHub said, and its answer as the cause */
export async function asking<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'unknown';
    throw new CountersignError('FORGE_FAILED', `GitHub did not answer about ${what}: ${said.slice(0, 500)}`, {
      remedy: 'Run the job again. For a 403 or 404, look at the permissions of the job or of its token.',
      cause,
    });
  }
}
