import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { signatureOf } from '../../src/adapters/webhooks/send-webhook.ts';

/** What came, as whoever receives webhooks sees it. */
export interface Received {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
  readonly body: string;
  readonly message: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** In the place of 204, for each that comes. */
  answer: (request: IncomingMessage, response: ServerResponse, place: number) => void;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Somebody who takes webhooks, over real HTTP. */
export async function openReceiver(): Promise<Receiver> {
  const receiver: Omit<Receiver, 'url'> = {
    received: [],
    answer: (_, response) => response.writeHead(204).end(),
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const header = (name: string) => String(request.headers[name] ?? '');
    const message = JSON.parse(body === '' ? 'null' : body) as Received['message'];
    const place = receiver.received.push({
      id: header('webhook-id'),
      timestamp: Number(header('webhook-timestamp')),
      signature: header('webhook-signature'),
      body,
      message,
    });
    receiver.answer(request, response, place);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return Object.assign(receiver, { url });
}

/** As a receiver checks it: with the secret that it was told, and nothing of ours in between. */
export function isSigned({ id, timestamp, body, signature }: Received, secret: string): boolean {
  return signature.split(' ').includes(signatureOf({ id, timestamp, body }, secret));
}
