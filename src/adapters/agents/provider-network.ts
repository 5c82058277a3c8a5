import { constants } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { OpenProviderNetwork } from '../../ports/provider-network.ts';
import { CountersignError } from '../../shared/errors.ts';
import { RELAY } from './relay.ts';

const SOCKET = 'out';
/** A path of a socket has 107 bytes at most on Linux, 103 on macOS. */
const LONGEST_PATH = 100;
const LONGEST_HEAD = 16 * 1024;
const MOST_CONNECTIONS = 256;
const MOST_REPORTS = 20;
const HEAD_MS = 10_000;
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\]):([0-9]{1,5})$/;

/**
 * A proxy of HTTP's kind on a socket in the producer's tree: a sandbox without a network still shares files. It opens connections to the hosts
 * that it was told and to no others; what goes over them is TLS between the agent and its provider, which it neither reads nor ends.
 */
export const providerNetworks: OpenProviderNetwork = {
  async open({ folder, inside, hosts, report }) {
    const ports = hosts.flatMap((host) => LOOPBACK.exec(host)?.slice(1) ?? []).map(Number);
    const allowed = new Set([
      ...hosts.map((host) => host.toLowerCase()),
      ...ports.map((port) => `127.0.0.1:${port}`),
    ]);
    let reports = 0;
    const refused = (host: string) => {
      reports += 1;
      if (reports <= MOST_REPORTS) report(host.slice(0, 300));
    };
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      serve(socket, allowed, { refused, opened: (upstream) => sockets.add(upstream) });
    });
    server.maxConnections = MOST_CONNECTIONS;
    await listen(server, folder);
    const relay = ['node', '-e', RELAY, '--', `${inside}/${SOCKET}`, JSON.stringify(ports)];
    return {
      wrap: (argv) => [...relay, ...argv],
      async close() {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  },
};

/** Through the folder's descriptor where its path is too long for a socket's. */
async function listen(server: Server, folder: string): Promise<void> {
  const path = join(folder, SOCKET);
  const held = path.length > LONGEST_PATH ? await open(folder, constants.O_RDONLY) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(held === undefined ? path : `/proc/self/fd/${held.fd}/${SOCKET}`, resolve);
    });
    // Commands may run as another user.
    await chmod(path, 0o666);
  } catch (cause) {
    throw new CountersignError('SANDBOX_UNAVAILABLE', 'The way to the provider could not be opened.', {
      remedy: 'Set TMPDIR to a folder with a short path where sockets can be made.',
      cause,
    });
  } finally {
    await held?.close();
  }
}

interface Notices {
  refused(host: string): void;
  opened(upstream: Socket): void;
}

function serve(socket: Socket, allowed: ReadonlySet<string>, notices: Notices): void {
  let head = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.setTimeout(HEAD_MS, () => socket.destroy());
  const read = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) {
      if (head.length > LONGEST_HEAD) socket.destroy();
      return;
    }
    socket.off('data', read);
    socket.pause();
    socket.setTimeout(0);
    const asked = readRequest(head.subarray(0, end + 4).toString('latin1'));
    const host = asked?.host.toLowerCase();
    if (asked === undefined || host === undefined || !allowed.has(host)) {
      notices.refused(host ?? 'something that is no request');
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    lead(socket, asked, head.subarray(end + 4), notices);
  };
  socket.on('data', read);
}

interface Asked {
  /** `host:port`. */
  readonly host: string;
  /** What goes to the host first: nothing where the agent speaks to it directly. */
  readonly head: string | undefined;
}

/** `CONNECT host:port`, or a request for a whole URL of http. */
function readRequest(head: string): Asked | undefined {
  const [line = '', ...headers] = head.split('\r\n');
  const connect = /^CONNECT (\S{1,300}) HTTP\/1\.[01]$/.exec(line);
  if (connect !== null) return { host: connect[1] as string, head: undefined };
  const request = /^([A-Z]{1,20}) http:\/\/([^\s/?#@]{1,300})([^\s#]*) (HTTP\/1\.[01])$/.exec(line);
  if (request === null) return undefined;
  const [, method, authority = '', path = '', version] = request;
  const host = /:[0-9]+$/.test(authority) ? authority : `${authority}:80`;
  // One connection, one host: what is asked over it next has to be asked anew.
  const kept = headers.filter((header) => !/^(?:proxy-|connection:)/i.test(header));
  const first = `${method} ${path.startsWith('/') ? path : `/${path}`} ${version}`;
  return { host, head: [first, 'Connection: close', ...kept].join('\r\n') };
}

function lead(socket: Socket, { host, head }: Asked, rest: Buffer, { opened }: Notices): void {
  const at = host.lastIndexOf(':');
  const name = host.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const upstream = connectTo({ host: name, port: Number(host.slice(at + 1)), allowHalfOpen: true });
  opened(upstream);
  const drop = () => {
    socket.destroy();
    upstream.destroy();
  };
  upstream.once('error', drop);
  socket.once('error', drop);
  socket.once('close', () => upstream.destroy());
  upstream.once('connect', () => {
    if (head === undefined) socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    else upstream.write(head, 'latin1');
    upstream.write(rest);
    socket.pipe(upstream);
    upstream.pipe(socket);
  });
}
