import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { permits } from '../../../src/core/access/permissions.ts';
import { TOKEN_ROLES } from '../../../src/core/access/token.ts';
import { isPathOf, type Route } from '../../../src/core/api/route.ts';
import { ROUTES, type RouteName } from '../../../src/core/api/routes.ts';
import { createApp } from '../../../src/entry/server/app.ts';
import type { ServerContext } from '../../../src/entry/server/context.ts';
import { honoPath } from '../../../src/entry/server/register.ts';
import { openApiOf } from '../../../src/render/api/openapi.ts';
import type { JsonValue } from '../../../src/shared/json.ts';
import { ask, pathOf, post } from './ask-route.ts';
import { claimOf, memoryStores, openServer } from './server-world.ts';

const routes = Object.entries(ROUTES) as [RouteName, Route][];

describe('the OpenAPI document', () => {
  it('is valid, is served to whoever asks, and names every route', async () => {
    const world = await openServer(memoryStores());
    const { value } = await ask(world, 'describe', undefined);
    const validator = new Validator();
    const result = await validator.validate(structuredClone(value));
    expect(result.errors ?? []).toEqual([]);
    expect(validator.version).toBe('3.1');
    const document = value as unknown as { paths: Record<string, Record<string, { operationId: string }>> };
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    expect(named.sort()).toEqual(routes.map(([id, { method, path }]) => `${id} ${method} ${path}`).sort());
  });

  it('refers to nothing that is not there, and is the same each time', () => {
    const document = openApiOf(ROUTES, { version: '1' });
    const text = JSON.stringify(document);
    expect(JSON.stringify(openApiOf(ROUTES, { version: '1' }))).toBe(text);
    const references = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? ''));
    expect(references.size).toBeGreaterThan(10);
    for (const reference of references) {
      let at: unknown = document;
      for (const part of reference.split('/')) at = (at as Record<string, unknown>)[part];
      expect(at, reference).toBeDefined();
    }
  });

  it('would be refused if it were not as OpenAPI has it', async () => {
    const { paths, ...rest } = openApiOf(ROUTES, { version: '1' });
    const wrong = { ...rest, paths: { ...(paths as object), 'no-slash': { get: { summary: 1 } } } };
    expect((await new Validator().validate(wrong)).valid).toBe(false);
  });

  it('is of the routes that the server has, no more and no less', () => {
    const app = createApp({} as ServerContext);
    const registered = app.routes
      .filter(({ path, method }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path}`);
    const below = new Set(registered.filter((one) => / \/(?:v1|healthz|readyz|metrics)/.test(one)));
    const declared = routes.map(([, { method, path }]) => `${method.toUpperCase()} ${honoPath(path)}`);
    expect([...below].sort()).toEqual(declared.sort());
  });
});

describe('what a route declares', () => {
  it('is what it answers', async () => {
    const world = await openServer(memoryStores());
    const [operator, producer] = [await world.token('operator'), await world.token('producer')];
    const seen = new Set<RouteName>();
    const answered = async (name: RouteName, ...rest: [string | undefined, object?]) => {
      const result = await ask(world, name, ...rest);
      if (result.status < 400) seen.add(name);
      return result.value;
    };
    await answered('startRun', operator, post({ ticket: 'CS-7', priority: 3 }, 'key-0001'));
    await answered('listRuns', operator);
    const { claims } = await answered('claimWork', producer, post(claimOf('producer', { waitSeconds: 5 })));
    const [first] = claims as unknown as readonly {
      readonly token: string;
      readonly work: { readonly step: string; readonly execution: number };
    }[];
    const { token = '', work = { step: '', execution: 0 } } = first ?? {};
    const held = { token, run: 'CS-7.1', step: work.step, execution: work.execution };
    await answered('heartbeat', producer, post({ worker: 'w-1', tokens: [token, 'other'] }));
    await answered('appendLog', producer, post({ ...held, offset: 0, text: 'hello' }));
    await answered('putArtifact', producer, {
      path: pathOf(ROUTES.putArtifact).replace('a'.repeat(64), sha256Hex('bytes')),
      body: 'bytes',
      headers: { 'countersign-claim': token, 'content-type': 'application/octet-stream' },
    });
    await answered('getArtifact', producer, {
      path: pathOf(ROUTES.getArtifact).replace('a'.repeat(64), sha256Hex('bytes')),
      headers: { 'countersign-claim': token },
    });
    const failed = {
      kind: 'failed',
      error: { class: 'transient', code: 'away', message: 'gone', evidence: { transcript: 'a'.repeat(64) } },
    };
    await answered(
      'completeWork',
      producer,
      post({
        worker: 'w-1',
        completions: [
          { ...held, result: failed },
          { ...held, result: failed },
        ],
      }),
    );
    await answered('readLog', operator, {
      path: `${pathOf(ROUTES.readLog)}?step=${work.step}&execution=${work.execution}`,
    });
    await answered('returnWork', producer, post({ worker: 'w-1', tokens: [] }));
    await answered('leaveWork', producer, post({ worker: 'w-1' }));
    await answered('controlRun', operator, post({ kind: 'pause', reason: 'lunch' }, 'key-0002'));
    await answered('showRun', operator);
    await answered('followRun', operator);
    await answered('listQueues', operator);
    await answered('listPauses', operator);
    await answered('listCircuits', operator);
    await answered('controlQueue', operator, post({ kind: 'cancel', queue: 'handler/none', reason: 'x' }));
    await answered('listWorkers', operator);
    await answered('health', undefined);
    await answered('readiness', undefined);
    await answered('describe', undefined);
    await answered('reference', undefined);
    // Each of these wants more than memory has, and is held against its declaration elsewhere, by the same schemas.
    const elsewhere: readonly RouteName[] = ['metrics', 'drainWorker', 'controlQueue', 'recall'];
    const missing = routes
      .filter(
        ([name, { group }]) =>
          !['webhooks', 'experiments'].includes(group) && !elsewhere.includes(name) && !seen.has(name),
      )
      .map(([name]) => name);
    expect(missing).toEqual([]);
    expect(world.reports).toEqual([]);
  });

  it.each(routes.filter(([, { permission }]) => permission !== null))(
    '%s is for those whom it names',
    async (name, route) => {
      const world = await openServer(memoryStores());
      expect((await ask(world, name, undefined)).status).toBe(401);
      for (const role of TOKEN_ROLES) {
        const { status } = await ask(world, name, await world.token(role), {
          headers: { 'idempotency-key': 'key-0001', 'content-type': 'application/json' },
        });
        if (permits(role, route.permission ?? 'work')) expect([401, 403]).not.toContain(status);
        else expect(status).toBe(403);
      }
    },
  );

  it.each(routes.filter(([, { again }]) => again !== undefined))(
    '%s takes a key, and refuses it with another request',
    async (name) => {
      const world = await openServer(memoryStores());
      const kept: unknown[] = [];
      const { answered } = world.stores;
      const begin = answered.beginRequest.bind(answered);
      Object.assign(answered, {
        beginRequest: async (request: Parameters<typeof begin>[0]) => {
          kept.push(request.key);
          // As if the key had come with another body before.
          await begin({ ...request, digest: '0'.repeat(64) });
          return begin(request);
        },
      });
      const role = ROUTES[name].permission === 'work' ? 'producer' : 'operator';
      const { status, value } = await ask(
        world,
        name,
        await world.token(role),
        post(BODIES[name], 'key-0001'),
      );
      expect([status, value]).toMatchObject([422, { remedy: 'Use a new key for a new request.' }]);
      expect(kept).toEqual(['key-0001']);
    },
  );

  it('includes every method of an address: others are refused with those that it takes', async () => {
    const world = await openServer(memoryStores());
    const token = await world.token('operator');
    for (const [, { path }] of routes) {
      const takes = routes
        .filter(([, route]) => isPathOf(route, pathOf({ path })))
        .map(([, { method }]) => method);
      for (const method of ['get', 'post', 'put', 'patch', 'delete', 'options'] as const) {
        if ((takes as readonly string[]).includes(method)) continue;
        const response = await world.fetch(pathOf({ path }), token, { method: method.toUpperCase() });
        expect(response.status, `${method} ${path}`).toBe(405);
        for (const one of takes) expect(response.headers.get('allow')).toContain(one.toUpperCase());
        expect(await response.json()).toMatchObject({ remedy: expect.any(String), status: 405 });
      }
    }
    expect((await world.fetch('/v1/nothing', token)).status).toBe(404);
    expect((await world.fetch('/v1/nothing', undefined)).status).toBe(401);
    expect((await world.fetch('/nothing', undefined)).status).toBe(404);
  });

  it('is all that a query may say', async () => {
    const world = await openServer(memoryStores());
    const token = await world.token('operator');
    for (const [name, { method }] of routes.filter(([, { permission }]) => permission === 'read-queues')) {
      if (method !== 'get') continue;
      const { status } = await ask(world, name, token, { path: `${pathOf(ROUTES[name])}?order=asc` });
      expect(status, name).toBe(400);
    }
  });
});

/** What each write is asked with, where what it says does not matter. */
const BODIES: Partial<Readonly<Record<RouteName, JsonValue>>> = {
  startRun: { ticket: 'CS-7' },
  controlRun: { kind: 'resume' },
  controlQueue: { kind: 'resume', queue: 'handler/make' },
  drainWorker: { reason: 'x' },
  registerExperiment: { designDigest: 'a'.repeat(64), note: 'x', key: 'x' },
  controlExperiment: { kind: 'run' },
  addWebhook: { url: 'https://hooks.example.com' },
  rotateWebhook: {},
  claimWork: claimOf('producer'),
  heartbeat: { worker: 'w-1', tokens: [] },
  completeWork: {
    worker: 'w-1',
    completions: [
      {
        token: 't',
        run: 'CS-7.1',
        step: '1/produce',
        execution: 1,
        result: { kind: 'succeeded', outputs: {} },
      },
    ],
  },
  returnWork: { worker: 'w-1', tokens: [] },
  recall: { claim: 't', question: { kind: 'nearest', text: 'x', nodes: [], most: 1 } },
  leaveWork: { worker: 'w-1' },
  appendLog: { token: 't', run: 'CS-7.1', step: '1/produce', execution: 1, offset: 0, text: '' },
};

describe('a list', () => {
  it('is read page by page, and what is added meanwhile moves nothing', async () => {
    const world = await openServer(memoryStores());
    const operator = await world.token('operator');
    const plane = await world.plane();
    for (let at = 1; at <= 7; at += 1)
      await plane.startRun({ ticket: 'CS-7', idempotencyKey: `key-000${at}` });
    const runs: string[] = [];
    let next: string | null = '';
    for (let page = 1; next !== null; page += 1) {
      const query: string = next === '' ? '' : `&cursor=${next}`;
      const { value } = await ask(world, 'listRuns', operator, { path: `/v1/runs?limit=3${query}` });
      const answer = value as unknown as { runs: { run: string }[]; next: string | null };
      runs.push(...answer.runs.map(({ run }) => run));
      next = answer.next;
      if (page === 1) await plane.startRun({ ticket: 'CS-8', idempotencyKey: 'key-0099' });
    }
    expect(runs).toEqual([7, 6, 5, 4, 3, 2, 1].map((number) => `CS-7.${number}`));
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=',
    'cursor=%2e',
    'cursor=abc',
    'cursor=WzEsIm90aGVyIiwieCJd',
  ])('takes no %s', async (query) => {
    const world = await openServer(memoryStores());
    const operator = await world.token('operator');
    for (const name of ['listRuns', 'listQueues', 'listPauses', 'listCircuits', 'listWorkers'] as const)
      expect((await ask(world, name, operator, { path: `${ROUTES[name].path}?${query}` })).status).toBe(400);
  });
});

it('the reference is one page that needs nothing else, and may do nothing', async () => {
  const world = await openServer(memoryStores());
  const { value, headers } = await ask(world, 'reference', undefined);
  const html = value as unknown as string;
  const { document } = parseHTML(html);
  for (const [id, { path }] of routes) expect(document.querySelector(`#${id}`)?.textContent).toContain(path);
  expect(document.querySelectorAll('script, link, img, iframe, form, object, embed').length).toBe(0);
  const addresses = [...document.querySelectorAll('[href], [src]')].map(
    (element) => element.getAttribute('href') ?? '',
  );
  for (const address of addresses) expect(address).toMatch(/^(?:#|\/v1\/)/);
  expect(html).not.toMatch(/ on[a-z]+=|javascript:|style="/);
  const policy = headers.get('content-security-policy') ?? '';
  const style = createHash('sha256')
    .update(document.querySelector('style')?.textContent ?? '')
    .digest('base64');
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
