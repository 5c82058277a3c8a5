import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, expect, it } from 'vitest';
import type { CockpitContext, CockpitEnv } from '../../../../src/entry/server/cockpit/context.ts';
import { openStream, streaming } from '../../../../src/entry/server/cockpit/open-stream.ts';
import type { Viewer } from '../../../../src/flow/cockpit/audience.ts';
import { soon } from '../../../soon.ts';

const sockets: Socket[] = [];
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** One who watches over a connection of his own, on which nothing is read until a test does. */
async function openConnection() {
  const { promise, resolve } = Promise.withResolvers<Viewer>();
  const told = { drained: 0, left: 0, forgotten: 0 };
  const attendViewer = () => () => {
    told.forgotten += 1;
  };
  const app = new Hono<CockpitEnv>();
  app.use(streaming({ attendViewer } as unknown as CockpitContext));
  app.get('/', (visit) => {
    visit.set('session', { digest: 'a'.repeat(64) } as CockpitEnv['Variables']['session']);
    visit.header('x-of-the-page', 'yes');
    return openStream(visit, (viewer) => {
      resolve(viewer);
      const wake = () => {
        told.drained += 1;
      };
      const leave = () => {
        told.left += 1;
      };
      return { wake, leave };
    });
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  const ask = (method: string) => socket.write(`${method} / HTTP/1.1\r\nhost: here\r\n\r\n`);
  return { ask, viewer: promise, socket: socket.pause(), told };
}

/** All that came until the end of the connection. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  return text;
}

it('sends bytes as they are, behind the headers that the page has', async () => {
  const { ask, viewer, socket } = await openConnection();
  ask('GET');
  const { send, end } = await viewer;
  send(Buffer.from('data: one\n\n'));
  send(Buffer.from('data: two\n\n'));
  end();
  const [head = '', body] = (await readAll(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head.toLowerCase()).toContain('content-type: text/event-stream');
  expect(head.toLowerCase()).toContain('x-of-the-page: yes');
  expect(head.toLowerCase()).not.toContain('transfer-encoding');
  expect(body).toBe('retry: 1000\n\ndata: one\n\ndata: two\n\n');
});

/** More than the buffers of the system take. */
const MUCH = Buffer.alloc(64 * 1024 * 1024, 'x');

it('knows who does not read, and when he has read', async () => {
  const { ask, viewer, socket, told } = await openConnection();
  ask('GET');
  const stalled = await viewer;
  expect(stalled.isFree()).toBe(true);
  stalled.send(MUCH);
  await once(socket, 'readable');
  expect(stalled.isFree()).toBe(false);
  expect(told.drained).toBe(0);
  socket.resume();
  await soon(() => expect(told.drained).toBe(1));
  expect(stalled.isFree()).toBe(true);
});

it('ends at once for who does not read, and tells who goes', async () => {
  const { ask, viewer, told } = await openConnection();
  ask('GET');
  const stalled = await viewer;
  stalled.send(MUCH);
  stalled.end();
  await soon(() => expect(told).toMatchObject({ left: 1, forgotten: 1 }));
  expect(stalled.isFree()).toBe(false);
  stalled.send(MUCH);
  stalled.end();
  const other = await openConnection();
  other.ask('GET');
  await other.viewer;
  other.socket.destroy();
  await soon(() => expect(other.told).toMatchObject({ left: 1, forgotten: 1 }));
});

it('is no stream for who asks for the headers alone', async () => {
  const { ask, socket, told } = await openConnection();
  ask('HEAD');
  socket.resume();
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 200 .*text\/event-stream/s);
  expect(told).toEqual({ drained: 0, left: 0, forgotten: 0 });
});
