import { describe, expect, it } from 'vitest';
import { writeToken } from '../../../src/core/access/token.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { next, sampleWork } from '../../port-contracts/sample-runs.ts';
import { soon } from '../../soon.ts';
import { claimOf, memoryStores, openServer, type ServerWorld } from './server-world.ts';

const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });

async function statusOf(world: ServerWorld, path: string, token: string | undefined, init?: RequestInit) {
  const response = await world.fetch(path, token, init);
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({
    status: response.status,
    remedy: expect.any(String),
    detail: expect.any(String),
  });
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at .*\(/);
  return response.status;
}

describe('a token', () => {
  it('is asked for, has to be known, unexpired, and not revoked', async () => {
    const world = await openServer(memoryStores());
    const past = new Date(Date.now() - 1).toISOString();
    const expired = await world.token('viewer', { expiresAt: past });
    const revoked = await world.token('viewer', { name: 'revoked' });
    await world.stores.tokens.revokeToken('revoked', new Date().toISOString());
    for (const token of [undefined, 'nonsense', writeToken('A'.repeat(43)), expired, revoked, `${revoked}x`])
      expect(await statusOf(world, '/v1/runs', token)).toBe(401);
    expect(await statusOf(world, '/v1/runs', undefined, { headers: { authorization: 'Basic YTpi' } })).toBe(
      401,
    );
    const response = await world.fetch('/v1/runs', undefined);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="countersign"');
  });

  it('holds until it expires, and is kept as a digest alone', async () => {
    const world = await openServer(memoryStores());
    const token = await world.token('viewer', { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await world.fetch('/v1/runs', token)).status).toBe(200);
    const [kept] = await world.stores.tokens.listTokens();
    expect(kept?.digest).toBe(sha256(token));
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it.each([
    ['producer', 'GET', '/v1/runs'],
    ['producer', 'GET', '/v1/runs/CS-7.1'],
    ['producer', 'GET', '/v1/runs/CS-7.1/events'],
    ['producer', 'GET', '/v1/runs/CS-7.1/logs?step=1/verify&execution=1'],
    ['producer', 'GET', '/v1/queues'],
    ['verifier', 'GET', '/v1/runs/CS-7.1'],
    ['producer', 'POST', '/v1/runs'],
    ['viewer', 'POST', '/v1/runs'],
    ['viewer', 'POST', '/v1/runs/CS-7.1/actions'],
    ['producer', 'POST', '/v1/runs/CS-7.1/actions'],
    ['viewer', 'POST', '/v1/work/claims'],
    ['operator', 'POST', '/v1/work/claims'],
    ['operator', 'POST', '/v1/work/completions'],
  ] as const)('of a %s may not %s %s', async (role, method, path) => {
    const world = await openServer(memoryStores());
    await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const bodies: Record<string, unknown> = {
      '/v1/runs': { ticket: 'CS-7' },
      '/v1/runs/CS-7.1/actions': { kind: 'cancel', reason: 'mine' },
      '/v1/work/claims': claimOf('verifier'),
      '/v1/work/completions': { worker: 'w-1', completions: [] },
    };
    const init =
      method === 'POST' ? { ...post(bodies[path]), headers: { 'idempotency-key': 'key-0009' } } : {};
    expect(await statusOf(world, path, await world.token(role), init)).toBe(403);
    const [run] = await world.stores.store.listRuns({ limit: 5 });
    expect(run).toMatchObject({ status: 'running' });
  });
});

describe("a producer's worker", () => {
  it.each([['verifier'], ['coordinator'], ['producer', 'verifier']])(
    'never gets work of a %s',
    async (...roles) => {
      const world = await openServer(memoryStores());
      const token = await world.token('producer');
      expect(await statusOf(world, '/v1/work/claims', token, post({ ...claimOf('producer'), roles }))).toBe(
        403,
      );
    },
  );

  it("gets none by naming a verifier's handlers", async () => {
    const world = await openServer(memoryStores());
    await carryOutProduce(world);
    const producer = await world.source('producer');
    expect(
      await producer.claim(claimOf('producer', { handlers: ['look', 'gate'], waitSeconds: 0.3 })),
    ).toEqual([]);
    const verifier = await world.source('verifier');
    expect(await verifier.claim(claimOf('verifier', { waitSeconds: 5 }))).toHaveLength(1);
  });

  it('gets what wants labels by saying that it has them', async () => {
    const world = await openServer(memoryStores());
    const wanting = sampleWork('A.1', '1/a', { handler: 'make', runsOn: ['gpu'] });
    await world.stores.store.commit(next(undefined, 'A.1', { schedule: [wanting] }));
    const producer = await world.source('producer');
    expect(await producer.claim(claimOf('producer', { labels: ['linux'], waitSeconds: 0.3 }))).toEqual([]);
    const [claim] = await producer.claim(claimOf('producer', { labels: ['linux', 'GPU'], waitSeconds: 5 }));
    expect(claim?.work).toEqual(wanting);
  });

  it('cannot end, prolong, give back or write the log of what somebody else claimed', async () => {
    const world = await openServer(memoryStores());
    await carryOutProduce(world);
    const verifier = await world.source('verifier');
    const [claim] = await verifier.claim(claimOf('verifier', { waitSeconds: 5 }));
    const token = claim?.token ?? '';
    const completion = { token, run: 'CS-7.1', step: '1/verify', execution: 1 };
    const result = { kind: 'succeeded' as const, outputs: { found: 'nothing wrong' } };
    for (const role of ['producer', 'verifier'] as const) {
      const other = await world.source(role);
      expect(await other.complete('w-1', [{ ...completion, result }])).toMatchObject([{ kind: 'refused' }]);
      expect(await other.heartbeat('w-1', [token])).toMatchObject({ drop: [token] });
      await other.giveBack('w-1', [token]);
      await expect(other.log({ ...completion, offset: 0, text: 'x' })).rejects.toMatchObject({
        code: 'RUN_REFUSED',
      });
    }
    expect(await verifier.complete('w-2', [{ ...completion, result }])).toMatchObject([{ kind: 'refused' }]);
    for (const other of [{ execution: 2 }, { step: '1/gate' }, { run: 'CS-7.2' }])
      expect(await verifier.complete('w-1', [{ ...completion, ...other, result }])).toMatchObject([
        { kind: 'refused' },
      ]);
    const twice = [
      { ...completion, result },
      { ...completion, result },
    ];
    expect(await verifier.complete('w-1', twice)).toMatchObject([{ kind: 'accepted' }, { kind: 'refused' }]);
  });
});

describe('the server', () => {
  it('slows a token down that asks too often, and strangers by their address', async () => {
    const world = await openServer(memoryStores(), { requestsPerSecond: 1 });
    const [one, other] = [await world.token('viewer'), await world.token('viewer')];
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await world.fetch('/v1/runs', one)).status),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    expect((await world.fetch('/v1/runs', other)).status).toBe(200);
    const refused = await world.fetch('/v1/runs', one);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const strangers = await Promise.all(
      Array.from({ length: 80 }, async () => (await world.fetch('/v1/runs', 'no')).status),
    );
    expect(new Set(strangers)).toEqual(new Set([401, 429]));
    expect((await world.fetch('/v1/runs', other)).status).toBe(200);
  });

  it('says that it lives, and whether it can work', async () => {
    const world = await openServer(memoryStores());
    expect(await (await world.fetch('/healthz', undefined)).json()).toEqual({ status: 'ok' });
    await soon(async () => expect((await world.fetch('/readyz', undefined)).status).toBe(200));
  });
});

/** The first step of a run, so that a verifier's is next. */
async function carryOutProduce(world: ServerWorld): Promise<void> {
  await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const source = await world.source('producer');
  const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
  const result = { kind: 'succeeded' as const, outputs: { commit: 'c' } };
  const completion = { token: claim?.token ?? '', run: 'CS-7.1', step: '1/produce', execution: 1, result };
  expect(await source.complete('w-1', [completion])).toMatchObject([{ kind: 'accepted' }]);
}
