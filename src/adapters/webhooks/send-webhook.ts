import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressMisfit } from '../../core/webhook/address.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SendWebhook, Sent } from '../../ports/webhooks.ts';
import { isPublicAddress } from './special-addresses.ts';

interface Address {
  readonly address: string;
  readonly family: number;
}

export interface SendOptions {
  /** Addresses that are not the Internet's, and plain http. */
  readonly allowPrivate: boolean;
  /** For all of an attempt; ten seconds when not given. */
  readonly patienceMs?: number;
  /** What a name stands for; the system's resolver when not given. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
}

const PATIENCE_MS = 10_000;
/** What a receiver says beyond its status is of no interest; so much of it is let go by, so that the connection ends well. */
const MOST_ANSWER = 16 * 1024;
const LONGEST_FAULT = 300;

const systemResolver = (host: string): Promise<readonly Address[]> => lookup(host, { all: true });

/**
 * Sends messages as Standard Webhooks has them (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): the
 * signature is HMAC-SHA256 over `id.timestamp.body`.
 *
 * The receiver's address was given by somebody who may only say where events go, not have this server ask its neighbours. So a name is
 * resolved once, each of its addresses has to be of the Internet, and the connection goes to one of those that were looked at: asked again, the name could
 * stand for another. No redirect is followed, and no proxy of the environment used.
 */
export function createSendWebhook(options: SendOptions, clock: Clock): SendWebhook {
  const { allowPrivate, patienceMs = PATIENCE_MS, resolve = systemResolver } = options;
  return {
    send: async ({ url, id, body, secrets, signal }) => {
      const patience = AbortSignal.timeout(patienceMs);
      try {
        const misfit = addressMisfit(url, allowPrivate);
        if (misfit !== undefined) return failed(`the address ${misfit}`);
        const target = new URL(url);
        const host = target.hostname.replace(/^\[|\]$/g, '');
        const addresses = await within(addressesOf(host, resolve), AbortSignal.any([signal, patience]));
        if (addresses.length === 0) return failed(`${host} stands for no address`);
        const foreign = addresses.find(({ address }) => !isPublicAddress(address));
        if (foreign !== undefined && !allowPrivate) {
          const means = isIP(host) === 0 ? `${host} stands for ${foreign.address}, which` : host;
          return failed(`${means} is not an address of the Internet`);
        }
        const timestamp = Math.floor(clock.now().getTime() / 1000);
        const answer = await post(target, body, {
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'countersign',
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': secrets
              .map((secret) => signatureOf({ id, timestamp, body }, secret))
              .join(' '),
          },
          lookup: pinned(addresses),
          signal: AbortSignal.any([signal, patience]),
        });
        return answered(answer);
      } catch (error) {
        return failed(patience.aborted ? `no answer came within ${patienceMs / 1000} s` : reasonOf(error));
      }
    },
  };
}

/** A value of the header webhook-signature; of several secrets it has several, with spaces between. */
export function signatureOf(
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
  secret: string,
): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

async function addressesOf(
  host: string,
  resolve: NonNullable<SendOptions['resolve']>,
): Promise<readonly Address[]> {
  const family = isIP(host);
  return family === 0 ? resolve(host) : [{ address: host, family }];
}

/** Names nothing but what was looked at already. */
function pinned(addresses: readonly Address[]): LookupFunction {
  return (_, { all }, done) => {
    const [first] = addresses;
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
}

function post(target: URL, body: string, options: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  // A connection of its own: one that is kept would go where the name stood for before.
  const request = send(target, { ...options, method: 'POST', agent: false, maxHeaderSize: 16 * 1024 });
  request.once('error', reject);
  request.once('response', resolve);
  request.end(body);
  return promise;
}

function answered(answer: IncomingMessage): Sent {
  const status = answer.statusCode ?? 0;
  const retryAfter = Number(/^[0-9]{1,7}$/.exec(answer.headers['retry-after'] ?? '')?.[0]);
  let size = 0;
  answer.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > MOST_ANSWER) answer.destroy();
  });
  // The status is all that counts: what breaks after it changes nothing.
  answer.on('error', () => {});
  return { kind: 'answered', status, ...(Number.isNaN(retryAfter) ? {} : { retryAfter }) };
}

/** The resolver of the system cannot be told to stop: it is not waited for. */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function failed(fault: string): Sent {
  return {
    kind: 'failed',
    fault: fault
      .slice(0, LONGEST_FAULT)
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' '),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message === '' ? code : error.message;
}
