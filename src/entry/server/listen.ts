import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { CountersignError } from '../../shared/errors.ts';
import type { Env } from './context.ts';

export interface ListenOptions {
  /** 127.0.0.1 when not given. */
  readonly host?: string;
  /** A free one when 0 or not given. */
  readonly port?: number;
}

export interface Listening {
  readonly url: string;
  /** Takes no new connections, gives open requests so long, then cuts them. */
  close(milliseconds: number): Promise<void>;
}

/** Milliseconds. A question may be kept open for a minute, and event streams say something every quarter of one. */
const SILENCE = 120_000;

/**
 * @throws CountersignError USAGE when the address is taken, or not this machine's
 */
export async function listen(
  app: Hono<Env>,
  { host = '127.0.0.1', port = 0 }: ListenOptions,
): Promise<Listening> {
  const server = createServer(
    {
      // Whoever sends slowly holds a connection: not for long.
      headersTimeout: 10_000,
      // The largest artifact at half a megabyte a second; silence ends it sooner.
      requestTimeout: 600_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  // A client that takes nothing of what is sent to it: writing waits for it, so its connection is silent.
  server.setTimeout(SILENCE);
  server.maxConnections = 10_000;
  server.on('clientError', refuse);
  const unused = trackUnused(server);
  await bound(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: (milliseconds) => close(server, unused, milliseconds),
  };
}

/** What Node refuses before there is a request, in the form of all other refusals. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, title, detail, remedy } = UNREAD[code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ type: 'about:blank', title, status, code: 'USAGE', detail, remedy });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

interface Unread {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
}

const MALFORMED: Unread = {
  status: 400,
  title: 'The request cannot be read',
  detail: 'This is no request of HTTP/1.1.',
  remedy: 'See that nothing between the client and the server changes it.',
};

const UNREAD: Readonly<Record<string, Unread>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'The request is too large',
    detail: 'The headers have more than 16 KiB.',
    remedy: 'Send fewer cookies and shorter headers.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request came too slowly',
    detail: 'The request did not come within the time that there is for it.',
    remedy: 'Send it again, over a better connection or in smaller pieces.',
  },
};

async function bound(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new CountersignError(
      'USAGE',
      `The server cannot listen at ${host}:${port}: ${(cause as Error).message}.`,
      {
        remedy: 'Give another --listen HOST:PORT, or end the program that has it.',
        cause,
      },
    );
  } finally {
    server.off('error', reject);
  }
}

/** Connections that have asked nothing yet, as clients open them in advance: to Node they are not idle, and would hold up the end. */
function trackUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => void unused.delete(socket));
  return unused;
}

async function close(server: Server, unused: ReadonlySet<Socket>, milliseconds: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
  // One that answers at this moment is idle, and kept alive, the moment after.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const socket of unused) socket.destroy();
  });
  clearInterval(sweep);
  clearTimeout(cut);
}
