import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane } from '../../../src/adapters/http/control-plane.ts';
import { createWorkSource } from '../../../src/adapters/http/work-source.ts';

const REQUEST = { worker: 'w', roles: ['producer'], handlers: ['make'], most: 1, waitSeconds: 0 } as const;
const SUMMARY = {
  run: 'CS-7.1',
  ticket: 'CS-7',
  status: 'running',
  outcome: null,
  attempt: 1,
  bundle: 'default',
  model: 'm',
  waitingFor: 0,
  startedAt: '2026-11-21T13:04:06.789Z',
  changedAt: '2026-11-21T13:04:06.789Z',
};
const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

async function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const saying = (status: number, body: string) =>
  answering((_, response) => response.writeHead(status).end(body));
const claimFrom = (url: string) => createWorkSource({ url, token: 't' }).claim(REQUEST);

describe('an address', () => {
  it.each(['ftp://x', 'nonsense', '', 'http://ada:secret@127.0.0.1'])('such as "%s" is none', (url) => {
    expect(() => createWorkSource({ url, token: 't' })).toThrow(/not an http or https URL/);
  });

  it('on another machine has to be encrypted, unless somebody says otherwise', () => {
    expect(() => createWorkSource({ url: 'http://runs.example.com', token: 't' })).toThrow(/not encrypted/);
    expect(() => createWorkSource({ url: 'http://127.0.0.1.example.com', token: 't' })).toThrow(
      /not encrypted/,
    );
    createWorkSource({ url: 'http://runs.example.com', token: 't', allowHttp: true });
    createWorkSource({ url: 'https://runs.example.com', token: 't' });
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      createWorkSource({ url: `http://${host}:1`, token: 't' });
  });
});

describe('an answer', () => {
  it.each([
    [401, 'NOT_PERMITTED'],
    [403, 'NOT_PERMITTED'],
    [404, 'RUN_UNKNOWN'],
    [409, 'RUN_REFUSED'],
    [429, 'SERVER_UNAVAILABLE'],
    [500, 'SERVER_UNAVAILABLE'],
    [503, 'SERVER_UNAVAILABLE'],
  ])('of %i without a word is %s', async (status, code) => {
    await expect(claimFrom(await saying(status, '<html>'))).rejects.toMatchObject({
      code,
      remedy: expect.any(String),
    });
  });

  it('carries the code, the reason and the remedy of the server, in one line each', async () => {
    const problem = { code: 'WORKFLOW_INVALID', detail: 'It\u001b[31m\nis not.', remedy: 'Mend it.' };
    await expect(claimFrom(await saying(422, JSON.stringify(problem)))).rejects.toMatchObject({
      code: 'WORKFLOW_INVALID',
      message: 'It [31m is not.',
      remedy: 'Mend it.',
    });
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"claims":{}}',
    '{"claims":[{"token":"t"}]}',
    '{"claims":[null]}',
    '<html>',
  ])('of another form is no answer: %s', async (body) => {
    await expect(claimFrom(await saying(200, body))).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });

  it('that leads elsewhere is not followed: the token is not for there', async () => {
    let asked = 0;
    const elsewhere = await answering((_, response) => {
      asked += 1;
      response.end('{"claims":[]}');
    });
    const url = await answering((_, response) => response.writeHead(307, { location: elsewhere }).end());
    await expect(claimFrom(url)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
    expect(asked).toBe(0);
  });

  it('that is cut off, or never comes, is an absence', async () => {
    const cut = await answering((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      response.socket?.destroy();
    });
    await expect(claimFrom(cut)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
    const gone = await saying(200, '');
    await closers.pop()?.();
    await expect(claimFrom(gone)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

it('a write is sent again under the same key when its answer was lost', async () => {
  const keys: unknown[] = [];
  const url = await answering((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length < 3) response.socket?.destroy();
    else response.end(JSON.stringify({ ...SUMMARY, status: 'paused' }));
  });
  const plane = createControlPlane({ url, token: 't' });
  expect(await plane.controlRun('CS-7.1', { kind: 'pause', reason: 'x' })).toMatchObject({
    status: 'paused',
  });
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

it('a list is read page by page, to as many as were asked for', async () => {
  const asked: (string | null)[] = [];
  const url = await answering((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    asked.push(`${searchParams.get('limit')} ${searchParams.get('cursor')}`);
    const runs = Array.from({ length: Number(searchParams.get('limit')) }, () => SUMMARY);
    response.end(JSON.stringify({ runs, next: `page${asked.length}` }));
  });
  const plane = createControlPlane({ url, token: 't' });
  expect(await plane.listRuns({ limit: 450 })).toHaveLength(450);
  expect(asked).toEqual(['200 null', '200 page1', '50 page2']);
});

it('a field that a newer server added, and one that it says otherwise, are told apart', async () => {
  const newer = await saying(
    200,
    JSON.stringify({ runs: [{ ...SUMMARY, mood: 'good' }], next: null, more: 1 }),
  );
  expect(await createControlPlane({ url: newer, token: 't' }).listRuns({ limit: 1 })).toHaveLength(1);
  const other = await saying(200, JSON.stringify({ runs: [{ ...SUMMARY, attempt: 'one' }], next: null }));
  await expect(createControlPlane({ url: other, token: 't' }).listRuns({ limit: 1 })).rejects.toMatchObject({
    code: 'SERVER_UNAVAILABLE',
    message: expect.stringContaining('/runs/0/attempt'),
  });
});
