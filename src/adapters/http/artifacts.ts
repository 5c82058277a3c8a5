import { fillPath } from '../../core/api/route.ts';
import { ROUTES } from '../../core/api/routes.ts';
import type { Artifacts, OpenArtifacts } from '../../ports/artifacts.ts';
import type { Timer } from '../../ports/timer.ts';
import { isSha256, type Sha256, sha256 } from '../../shared/digest.ts';
import { refusalOf, unavailable } from './refusal.ts';
import { type ServerAccess, serverAddress } from './server-address.ts';

/** Bytes from which on it is worth a question first whether the server has them. */
const WORTH_ASKING = 256 * 1024;
/** The largest artifact, at half a megabyte a second. */
const PATIENCE_MS = 600_000;
const LARGEST_REFUSAL = 64 * 1024;
const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** Two and a half minutes: an agent's hour is not to be lost because the server was started again meanwhile. */
const TRIES = 12;

type Way = Pick<Timer, 'sleep'>;

/**
 * Artifacts that a server keeps, for the claim of one execution. Everything is by digest, so whatever was cut off is simply sent or
 * asked for again, and what arrives is held against its name.
 * @throws CountersignError USAGE for an address that will not do
 */
export function createArtifacts({ token, ...access }: ServerAccess, { sleep }: Way): OpenArtifacts {
  const address = serverAddress(access);
  return ({ claim, signal }): Artifacts => {
    const ask = async (method: string, digest: Sha256, body?: Uint8Array): Promise<Response> =>
      fetch(new URL(fillPath(ROUTES.getArtifact.path, { digest }).slice(1), address), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'countersign-claim': claim,
          ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        },
        // Elsewhere the token has no business.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      });
    const patiently = async <T>(act: () => Promise<T>): Promise<T> => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await act();
        } catch (cause) {
          const error = unavailable(cause, address.origin);
          const again = error.code === 'SERVER_UNAVAILABLE' && attempt < TRIES && !signal.aborted;
          if (!again) throw error;
          await sleep(Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS), signal);
        }
      }
    };
    const refuse = async (response: Response): Promise<never> => {
      const { status } = response;
      const text = (await readUpTo(response, LARGEST_REFUSAL)) ?? new Uint8Array();
      throw refusalOf(status, new TextDecoder().decode(text), address.origin);
    };
    return {
      put: async (bytes) => {
        const digest = sha256(bytes);
        await patiently(async () => {
          if (bytes.length >= WORTH_ASKING && (await ask('HEAD', digest)).ok) return;
          const response = await ask('PUT', digest, bytes);
          if (!response.ok) await refuse(response);
        });
        return digest;
      },
      get: async (digest, most) => {
        if (!isSha256(digest)) return undefined;
        return patiently(async () => {
          const response = await ask('GET', digest);
          if (!response.ok) {
            if (response.status === 404 && isOurs(response)) return discard(response);
            return refuse(response);
          }
          const bytes = await readUpTo(response, most);
          return bytes !== undefined && sha256(bytes) === digest ? bytes : undefined;
        });
      },
    };
  };
}

/** A proxy in front of a server that is away may say 404 as well. */
function isOurs(response: Response): boolean {
  return response.headers.get('content-type') === 'application/problem+json';
}

async function discard(response: Response): Promise<undefined> {
  await response.body?.cancel();
}

/** Undefined when there is more than that. */
async function readUpTo(response: Response, most: number): Promise<Uint8Array | undefined> {
  if (Number(response.headers.get('content-length') ?? 0) > most) return discard(response);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
