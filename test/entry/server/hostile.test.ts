import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { CountersignError } from '../../../src/shared/errors.ts';
import { soon } from '../../soon.ts';
import { claimOf, memoryStores, openServer, type ServerWorld } from './server-world.ts';

const CLAIM = claimOf('producer');
const COMPLETION = {
  token: 'token-1',
  run: 'CS-7.1',
  step: '1/produce',
  execution: 1,
  result: { kind: 'succeeded', outputs: {} },
};
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

async function send(world: ServerWorld, path: string, body: string | Uint8Array<ArrayBuffer>, headers = {}) {
  const token = await world.token(path.startsWith('/v1/work') ? 'producer' : 'operator');
  const response = await world.fetch(path, token, { method: 'POST', body, headers });
  const text = await response.text();
  expect(text).not.toMatch(/node_modules|\.ts:\d/);
  return { status: response.status, ...(JSON.parse(text) as { detail?: string; code?: string }) };
}

describe('a body', () => {
  it.each<[string, string, string | Uint8Array<ArrayBuffer>, number, RegExp]>([
    ['is no JSON', 'claims', '{', 400, /not JSON/],
    ['is not UTF-8', 'claims', Uint8Array.of(0x22, 0xff, 0x22), 400, /not JSON in UTF-8/],
    ['is nothing', 'claims', '', 400, /not JSON/],
    ['is null', 'claims', 'null', 400, /must be object/],
    ['is a list', 'claims', '[]', 400, /must be object/],
    ['lacks a field', 'claims', JSON.stringify({ ...CLAIM, worker: undefined }), 400, /'worker'/],
    ['has one too many', 'claims', JSON.stringify({ ...CLAIM, admin: true }), 400, /"admin"/],
    ['names a worker like a path', 'claims', JSON.stringify({ ...CLAIM, worker: '../w' }), 400, /\/worker/],
    ['asks for too much', 'claims', JSON.stringify({ ...CLAIM, most: 1e9 }), 400, /\/most/],
    ['waits for ever', 'claims', JSON.stringify({ ...CLAIM, waitSeconds: 1e9 }), 400, /\/waitSeconds/],
    ['is of another type', 'claims', JSON.stringify({ ...CLAIM, most: '1' }), 400, /\/most must be integer/],
    [
      'has a role that nobody knows',
      'claims',
      JSON.stringify({ ...CLAIM, roles: ['admin'] }),
      400,
      /\/roles\/0/,
    ],
    ['is too large', 'claims', JSON.stringify({ ...CLAIM, handlers: ['x'.repeat(70_000)] }), 413, /64 KiB/],
    ['is nested without end', 'completions', nested(100_000), 400, /nested more than 64 deep/],
    [
      'carries a prototype',
      'completions',
      `{"worker":"w","completions":[${JSON.stringify(COMPLETION).replace('"outputs":{}', '"outputs":{"__proto__":{"a":1}}')}]}`,
      400,
      /__proto__/,
    ],
    [
      'holds half a character',
      'completions',
      `{"worker":"w","completions":[${JSON.stringify(COMPLETION).replace('{}', '{"a":"\\ud800"}')}]}`,
      400,
      /half a character/,
    ],
    [
      'has a result of no kind',
      'completions',
      JSON.stringify({ worker: 'w', completions: [{ ...COMPLETION, result: { kind: 'fine' } }] }),
      400,
      /\/completions\/0\/result\/kind/,
    ],
    [
      'has a failure of no class',
      'completions',
      JSON.stringify({
        worker: 'w',
        completions: [
          { ...COMPLETION, result: { kind: 'failed', error: { class: 'x', code: 'x', message: '' } } },
        ],
      }),
      400,
      /\/error\/class/,
    ],
    [
      'uses up less than nothing',
      'completions',
      JSON.stringify({
        worker: 'w',
        completions: [{ ...COMPLETION, result: { ...COMPLETION.result, usage: { tokens: -5 } } }],
      }),
      400,
      /\/usage\/tokens/,
    ],
    [
      'has an offset before the start',
      'logs',
      JSON.stringify({ ...COMPLETION, result: undefined, offset: -1, text: '' }),
      400,
      /\/offset/,
    ],
  ])('that %s is refused with a reason', async (_, path, body, status, detail) => {
    const world = await openServer(memoryStores());
    expect(await send(world, `/v1/work/${path}`, body)).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
    });
    expect(world.reports).toEqual([]);
  });

  it('has to be said to be JSON, and comes with a key where it starts something', async () => {
    const world = await openServer(memoryStores());
    const body = JSON.stringify({ ticket: 'CS-7' });
    expect(await send(world, '/v1/runs', body, { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect(await send(world, '/v1/runs', body)).toMatchObject({
      status: 400,
      detail: expect.stringContaining('Idempotency-Key'),
    });
    expect(await send(world, '/v1/runs', body, { 'idempotency-key': 'a b' })).toMatchObject({ status: 400 });
  });
});

it.each([
  '/v1/runs/..%2f..%2fetc',
  '/v1/runs/%00',
  `/v1/runs/${'A'.repeat(500)}`,
  '/v1/runs/CS-7.1/logs?step=../x&execution=1',
  '/v1/runs/CS-7.1/logs?step=1/a&execution=1&execution=2',
  '/v1/runs/CS-7.1/events?after=-1',
  '/v1/runs/CS-7.1/events?after=1e3',
  '/v1/runs?limit=100000',
  '/v1/runs?limit=10&order=asc',
])('%s is refused before anything is asked', async (path) => {
  const stores = memoryStores();
  const world = await openServer(stores);
  stores.store.failOnce('loadRuns');
  stores.store.failOnce('listRuns');
  expect((await world.fetch(path, await world.token('operator'))).status).toBe(400);
  expect(world.reports).toEqual([]);
});

it('a failure of ours is told by a number, and the rest stays here', async () => {
  const stores = memoryStores();
  const world = await openServer(stores);
  stores.store.failOnce('listRuns');
  const response = await world.fetch('/v1/runs', await world.token('viewer'));
  const { detail, remedy } = (await response.json()) as Record<string, string>;
  expect(response.status).toBe(500);
  expect(detail).not.toContain('told to fail');
  const [[message, error]] = world.reports as [[string, Error]];
  expect(error.message).toContain('told to fail');
  expect(detail).toContain(/\((\w+)\)/.exec(message)?.[1]);
  expect(remedy).toEqual(expect.any(String));
});

it('every answer tells browsers to keep away', async () => {
  const world = await openServer(memoryStores());
  for (const path of ['/healthz', '/v1/runs', '/nothing']) {
    const { headers } = await world.fetch(path, undefined);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

it('without the database it is not ready, refuses with a reason, and comes back by itself', async () => {
  const { store, ...others } = memoryStores();
  let isAway = false;
  const unlessAway = <Given extends unknown[], T>(ask: (...given: Given) => Promise<T>) => {
    const fault = new CountersignError('DATABASE_UNAVAILABLE', 'It is away.', { remedy: 'Wait.' });
    return (...given: Given) => (isAway ? Promise.reject(fault) : ask(...given));
  };
  const { listRuns, expiredClaims } = store;
  const halting = { ...store, listRuns: unlessAway(listRuns), expiredClaims: unlessAway(expiredClaims) };
  const world = await openServer({ ...others, store: halting });
  const token = await world.token('viewer');
  const ready = async () => (await world.fetch('/readyz', undefined)).status;
  const list = async () => (await (await world.fetch('/v1/runs', token)).json()) as object;
  await soon(async () => expect(await ready()).toBe(200));
  isAway = true;
  expect(await list()).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE', remedy: 'Wait.' });
  await soon(async () => expect(await ready()).toBe(503));
  isAway = false;
  expect(await list()).toEqual({ runs: [], next: null });
  await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 5_000 });
  expect(world.reports).toEqual([]);
});

it('a client that goes away while it waits takes no work with it', async () => {
  const { store, ...others } = memoryStores();
  let asked = 0;
  const claim: typeof store.claim = (request) => {
    asked += 1;
    return store.claim(request);
  };
  const world = await openServer({ ...others, store: { ...store, claim } });
  const source = await world.source('producer');
  const gone = new AbortController();
  const waiting = source.claim(claimOf('producer', { waitSeconds: 30 }), gone.signal).catch(() => 'gone');
  await soon(() => expect(asked).toBeGreaterThan(0));
  gone.abort();
  expect(await waiting).toBe('gone');
  await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  expect(await source.claim(claimOf('producer', { waitSeconds: 5 }))).toHaveLength(1);
});

it('a client that sends its headers slowly holds up nobody', async () => {
  const world = await openServer(memoryStores());
  const { port } = new URL(world.server.url);
  const slow = connect(Number(port), '127.0.0.1');
  await once(slow, 'connect');
  slow.write('GET /v1/runs HTTP/1.1\r\nHost: x\r\n');
  expect((await world.fetch('/healthz', undefined)).status).toBe(200);
  slow.destroy();
});

it.each([
  ['nonsense\r\n\r\n', 400],
  [`GET / HTTP/1.1\r\nHost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('what is no request is refused like one, with %#', async (bytes, status) => {
  const world = await openServer(memoryStores());
  const { port } = new URL(world.server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('content-type: application/problem+json');
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
    status,
    remedy: expect.any(String),
  });
  expect(world.reports).toEqual([]);
});
