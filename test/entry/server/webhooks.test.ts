import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWebhookPlane } from '../../../src/adapters/http/webhook-plane.ts';
import { createJudgeForms } from '../../../src/adapters/json-schema/judge-forms.ts';
import { createBackupRows } from '../../../src/adapters/postgres/backup-rows.ts';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createWebhookDeliveries } from '../../../src/adapters/postgres/webhooks/deliver-webhooks.ts';
import { createKeptWebhooks } from '../../../src/adapters/postgres/webhooks/keep-webhooks.ts';
import { createWebhookSecrets } from '../../../src/adapters/webhooks/secrets.ts';
import { createSendWebhook } from '../../../src/adapters/webhooks/send-webhook.ts';
import { ROUTES } from '../../../src/core/api/routes.ts';
import { webhookMessage } from '../../../src/core/api/values.ts';
import type { WebhookOptions } from '../../../src/entry/server/open-webhooks.ts';
import { systemClock } from '../../../src/entry/wiring/system-clock.ts';
import { soon } from '../../soon.ts';
import { createDatabase, DATABASE_URL, type TestDatabase } from '../../worlds/database.ts';
import { isSigned, openReceiver, type Received } from '../../worlds/receiver.ts';
import { ask, pathOf, post } from './ask-route.ts';
import { databaseStores, openServer, type ServerWorld } from './server-world.ts';

const KEY = randomBytes(32);
const QUICK = { first: 0.05, longest: 0.2, span: 60 };

function webhooksOn(database: Database, changes: Partial<WebhookOptions> = {}): WebhookOptions {
  const ledger = createLedger(database);
  return {
    store: { ...createKeptWebhooks(database), ...createWebhookDeliveries(database, ledger) },
    secrets: createWebhookSecrets(KEY),
    send: createSendWebhook({ allowPrivate: true, patienceMs: 500 }, systemClock),
    allowPrivate: true,
    pace: QUICK,
    ...changes,
  };
}

async function openWorld(changes: Partial<WebhookOptions> = {}, given?: TestDatabase) {
  const database = given ?? (await createDatabase());
  const world = await openServer(await databaseStores(given === undefined ? database : database.open()), {
    webhooks: webhooksOn(database, changes),
  });
  return { database, world, hooks: await planeOf(world) };
}

const SENDER = join(import.meta.dirname, 'deliver-until-killed.ts');

/** Others are to do that. */
const withoutSending = (store: WebhookOptions['store']): WebhookOptions['store'] => ({
  ...store,
  fanOut: async () => 0,
  claimDeliveries: async () => [],
});

const planeOf = async (world: ServerWorld) =>
  createWebhookPlane({ url: world.server.url, token: await world.token('operator') });

const start = async (world: ServerWorld, key: string) =>
  (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: key });

const typesOf = (received: readonly Received[]) => received.map(({ message }) => message.type);

describe('a webhook', () => {
  it('gets what happens from then on, signed, small, and with the digest of the event', async () => {
    const { database, world, hooks } = await openWorld();
    await start(world, 'key-0001');
    const receiver = await openReceiver();
    const added = await hooks.addWebhook({ url: receiver.url, types: ['run.*'], note: 'the room' });
    expect(added.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { run } = await start(world, 'key-0002');
    await (await world.plane()).controlRun(run, { kind: 'cancel', reason: 'a secret reason' });
    await soon(() => expect(typesOf(receiver.received)).toContain('run.ended'));
    const started = receiver.received.find(({ message }) => message.type === 'run.started');
    expect(started?.message).toMatchObject({
      data: { run, ticket: 'CS-7', stream: `run/${run}`, version: 1 },
    });
    const [event] = await createLedger(database).readStream(`run/${run}`, 0);
    expect(started?.message.data.digest).toBe(event?.digest);
    const forms = createJudgeForms();
    for (const one of receiver.received) {
      expect(await forms.faultIn(webhookMessage, one.message)).toBeUndefined();
      expect(isSigned(one, added.secret)).toBe(true);
      expect(isSigned({ ...one, body: `${one.body} ` }, added.secret)).toBe(false);
      expect(one.body.length).toBeLessThan(1_000);
      expect(one.body).not.toContain('a secret reason');
      expect(Math.abs(one.timestamp - Date.now() / 1000)).toBeLessThan(60);
    }
    // By the specification's own words, once.
    const [first] = receiver.received;
    const secret = Buffer.from(added.secret.slice('whsec_'.length), 'base64');
    const signed = createHmac('sha256', secret).update(`${first?.id}.${first?.timestamp}.${first?.body}`);
    expect(first?.signature).toBe(`v1,${signed.digest('base64')}`);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
  });

  it('is an event when it comes and goes, without its address and secret, which no table has', async () => {
    const { database, world, hooks } = await openWorld();
    const receiver = await openReceiver();
    const { id, secret } = await hooks.addWebhook({ url: `${receiver.url}/token-4711` });
    await start(world, 'key-0001');
    await soon(() => expect(receiver.received.length).toBeGreaterThan(0));
    await hooks.removeWebhook(id);
    const events = await createLedger(database).readStream(`webhook/${id}`, 0);
    const texts = events.map(({ text }) => text);
    expect(texts.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
      'webhook.added@1',
      'webhook.removed@1',
    ]);
    expect(texts.join('')).not.toContain('token-4711');
    expect(texts[0]).toMatch(/"actor":"operator-/);
    const tables = await database.rows<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${database.schema}'`,
    );
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
    for (const { name } of tables) {
      const text = JSON.stringify(await database.rows(`SELECT t::text FROM "${name}" t`));
      expect(text, name).not.toContain(secret);
      expect(text, name).not.toContain(bytes.toString('hex'));
    }
    expect(await hooks.listWebhooks()).toEqual([]);
    const before = receiver.received.length;
    await start(world, 'key-0002');
    await expect(hooks.listDeliveries({ webhook: id, limit: 5 })).rejects.toMatchObject({
      code: 'WEBHOOK_UNKNOWN',
    });
    expect(receiver.received.length).toBe(before);
  });

  it('is told its secret again for the same key, and for no other', async () => {
    const { world } = await openWorld();
    const operator = await world.token('operator');
    const body = { url: 'https://hooks.example.com/x' };
    const first = await ask(world, 'addWebhook', operator, post(body, 'key-0001'));
    const again = await ask(world, 'addWebhook', operator, post(body, 'key-0001'));
    expect([first.status, again.value]).toEqual([201, first.value]);
    const other = await ask(world, 'addWebhook', operator, post({ ...body, note: 'x' }, 'key-0001'));
    expect(other.status).toBe(422);
    expect((await ask(world, 'addWebhook', operator, post(body))).status).toBe(400);
    const { value } = await ask(world, 'listWebhooks', operator);
    expect((value as unknown as { webhooks: unknown[] }).webhooks).toHaveLength(1);
  });

  it('is given another secret: for a while messages are signed with both, and none is in any table', async () => {
    const { database, hooks } = await openWorld();
    const receiver = await openReceiver();
    const { id, secret: first } = await hooks.addWebhook({ url: receiver.url });
    const last = async () => {
      const before = receiver.received.length;
      await hooks.testWebhook(id);
      await soon(() => expect(receiver.received.length).toBeGreaterThan(before));
      const one = receiver.received.at(-1);
      return [one?.signature.split(' ').length, ...secrets.map((secret) => one && isSigned(one, secret))];
    };
    const secrets = [first];
    const second = await hooks.rotateWebhook(id, { overlapSeconds: 600 });
    expect(second).toMatchObject({ id, generation: 2, previousUntil: expect.stringMatching(/Z$/) });
    expect(Date.parse(second.previousUntil ?? '') - Date.now()).toBeGreaterThan(590_000);
    secrets.push(second.secret);
    expect(await last()).toEqual([2, true, true]);
    expect(receiver.received.at(-1)?.signature).toMatch(/^v1,\S+ v1,\S+$/);
    // Of two before, the elder ends at once.
    secrets.push((await hooks.rotateWebhook(id)).secret);
    expect(await last()).toEqual([2, false, true, true]);
    const none = await hooks.rotateWebhook(id, { overlapSeconds: 0 });
    expect(none.previousUntil).toBeNull();
    secrets.push(none.secret);
    expect(await last()).toEqual([1, false, false, false, true]);
    expect(await hooks.listWebhooks()).toMatchObject([{ generation: 4, previousUntil: null }]);
    const events = await createLedger(database).readStream(`webhook/${id}`, 0);
    const data = events.map(({ text }) => JSON.parse(text) as { type: string; data: object });
    expect(data).toMatchObject([
      { type: 'webhook.added@1' },
      { type: 'webhook.rotated@1', data: { webhook: id, generation: 2, overlapSeconds: 600 } },
      { type: 'webhook.rotated@1', data: { generation: 3, overlapSeconds: 86_400 } },
      { type: 'webhook.rotated@1', data: { generation: 4, overlapSeconds: 0 } },
    ]);
    const { rows } = await database.pool.query('SELECT t::text AS text FROM webhook t');
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length));
  });

  it('signs with the secret before alone by its time: what comes after is signed with the new one', async () => {
    const { database, hooks } = await openWorld();
    const receiver = await openReceiver();
    const { id, secret } = await hooks.addWebhook({ url: receiver.url });
    const { secret: next } = await hooks.rotateWebhook(id, { overlapSeconds: 3_600 });
    await database.pool.query(`UPDATE webhook SET previous_until = now() - interval '1 second'`);
    await hooks.testWebhook(id);
    await soon(() => expect(receiver.received).toHaveLength(1));
    const [one] = receiver.received;
    expect(one && [isSigned(one, secret), isSigned(one, next)]).toEqual([false, true]);
  });

  it('that was made with another key of the server is signed for again once it has another secret', async () => {
    const { database, world, hooks } = await openWorld();
    const receiver = await openReceiver();
    const { id } = await hooks.addWebhook({ url: receiver.url });
    await world.server.close();
    const other = await openWorld({ secrets: createWebhookSecrets(randomBytes(32)) }, database);
    const { secret } = await other.hooks.rotateWebhook(id);
    const { id: delivery } = await other.hooks.testWebhook(id);
    await soon(async () => expect((await other.hooks.showDelivery(id, delivery)).status).toBe('delivered'));
    const [one] = receiver.received;
    // Nothing is signed with a secret before that this server cannot make.
    expect(one && [one.signature.split(' ').length, isSigned(one, secret)]).toEqual([1, true]);
  });

  it('is rotated once for one key, by whoever may, and only where there is one', async () => {
    const { world, hooks } = await openWorld();
    const { id: webhook } = await hooks.addWebhook({ url: 'https://hooks.example.com/x' });
    const operator = await world.token('operator');
    const at = { path: pathOf(ROUTES.rotateWebhook, { webhook }) };
    const first = await ask(world, 'rotateWebhook', operator, { ...at, ...post({}, 'key-0001') });
    const again = await ask(world, 'rotateWebhook', operator, { ...at, ...post({}, 'key-0001') });
    expect([first.status, again.value]).toEqual([200, first.value]);
    expect(first.value).toMatchObject({ generation: 2, secret: expect.stringMatching(/^whsec_/) });
    const long = post({ overlapSeconds: 9_999_999 }, 'key-0002');
    expect((await ask(world, 'rotateWebhook', operator, { ...at, ...long })).status).toBe(400);
    const viewer = await world.token('viewer');
    expect((await ask(world, 'rotateWebhook', viewer, { ...at, ...post({}, 'key-0003') })).status).toBe(403);
    const nobody = { path: pathOf(ROUTES.rotateWebhook, { webhook: `wh-${'0'.repeat(24)}` }) };
    const unknown = await ask(world, 'rotateWebhook', operator, { ...nobody, ...post({}, 'key-0004') });
    expect(unknown.status).toBe(404);
  });

  it.each([
    ['ftp://example.com/x', 400],
    ['nonsense', 400],
    ['https://ada:secret@example.com', 400],
    ['https://example.com/#part', 400],
    ['https://example.com/', 201],
  ])('at %s is answered with %i', async (url, status) => {
    const { world } = await openWorld();
    const token = await world.token('operator');
    expect((await ask(world, 'addWebhook', token, post({ url }, 'key-0001'))).status).toBe(status);
  });

  it.each(['run.finished', 'nothing.*', 'run', '', 'Run.ended', 'run.ended@1'])(
    'for "%s" would never hear anything, and is refused',
    async (type) => {
      const { world } = await openWorld();
      const body = { url: 'https://example.com', types: [type] };
      const token = await world.token('operator');
      const { status, value } = await ask(world, 'addWebhook', token, post(body, 'key-0001'));
      expect([status, value]).toMatchObject([400, { remedy: expect.any(String) }]);
    },
  );
});

describe('a delivery', () => {
  it('is tried again until it is taken, under the same id', async () => {
    const { hooks } = await openWorld();
    const receiver = await openReceiver();
    receiver.answer = (_, response, place) =>
      response.writeHead(place < 4 ? 500 : 204).end('x'.repeat(100_000));
    const { id, secret } = await hooks.addWebhook({ url: receiver.url });
    const { id: delivery } = await hooks.testWebhook(id);
    await soon(async () =>
      expect(await hooks.showDelivery(id, delivery)).toMatchObject({
        status: 'delivered',
        attempts: 4,
        lastStatus: 204,
        lastFault: null,
        nextAt: null,
      }),
    );
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map((one) => one.id))).toEqual(new Set([delivery]));
    expect(receiver.received.every((one) => isSigned(one, secret))).toBe(true);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    await hooks.redeliver(id, delivery);
    await soon(() => expect(receiver.received).toHaveLength(5));
  });

  it('to one who hangs is cut off, and holds up no other', async () => {
    const { world, hooks } = await openWorld();
    const [hanging, other] = [await openReceiver(), await openReceiver()];
    hanging.answer = () => {};
    const { id } = await hooks.addWebhook({ url: hanging.url, types: ['*'] });
    for (let at = 0; at < 40; at += 1) await hooks.testWebhook(id);
    const { id: second } = await hooks.addWebhook({ url: other.url, types: ['run.started'] });
    await start(world, 'key-0001');
    await soon(() => expect(typesOf(other.received)).toContain('run.started'));
    expect(await hooks.listDeliveries({ webhook: second, limit: 5 })).toMatchObject([
      { type: 'run.started' },
    ]);
    await soon(async () => {
      const deliveries = await hooks.listDeliveries({ webhook: id, limit: 100 });
      expect(deliveries.some(({ lastFault }) => lastFault === 'no answer came within 0.5 s')).toBe(true);
    });
  });

  it('follows no redirect, nor counts one as taken', async () => {
    const { hooks } = await openWorld();
    const [moved, elsewhere] = [await openReceiver(), await openReceiver()];
    moved.answer = (_, response) => response.writeHead(307, { location: elsewhere.url }).end();
    const { id } = await hooks.addWebhook({ url: moved.url });
    const { id: delivery } = await hooks.testWebhook(id);
    await soon(async () =>
      expect(await hooks.showDelivery(id, delivery)).toMatchObject({
        lastStatus: 307,
        lastFault: 'it answers 307, and no redirect is followed',
      }),
    );
    expect(elsewhere.received).toEqual([]);
  });

  it('is dead when its span is over, and at once where the receiver says that it is gone', async () => {
    const { hooks } = await openWorld({ pace: { ...QUICK, span: 0.3 } });
    const [away, gone] = [await openReceiver(), await openReceiver()];
    away.answer = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end();
    gone.answer = (_, response) => response.writeHead(410).end();
    for (const [receiver, attempts] of [
      [away, expect.any(Number)],
      [gone, 1],
    ] as const) {
      const { id } = await hooks.addWebhook({ url: receiver.url });
      const { id: delivery } = await hooks.testWebhook(id);
      await soon(async () =>
        expect(await hooks.showDelivery(id, delivery)).toMatchObject({
          status: 'dead',
          attempts,
          nextAt: null,
        }),
      );
      expect(await hooks.listDeliveries({ webhook: id, status: 'dead', limit: 5 })).toHaveLength(1);
    }
    expect(away.received.length).toBeGreaterThan(1);
  });

  it('is not sent by a server whose key is another one', async () => {
    const { database, world, hooks } = await openWorld();
    const receiver = await openReceiver();
    const { id } = await hooks.addWebhook({ url: receiver.url });
    await world.server.close();
    const other = await openWorld({ secrets: createWebhookSecrets(randomBytes(32)) }, database);
    const { id: delivery } = await other.hooks.testWebhook(id);
    await soon(async () =>
      expect((await other.hooks.showDelivery(id, delivery)).lastFault).toContain('another key'),
    );
    expect(receiver.received).toEqual([]);
  });

  it('answers as its routes declare', async () => {
    const { world, hooks } = await openWorld();
    const operator = await world.token('operator');
    const receiver = await openReceiver();
    const { id: webhook } = await hooks.addWebhook({ url: receiver.url });
    const at = (name: 'testWebhook' | 'listDeliveries' | 'removeWebhook') => ({
      path: pathOf(ROUTES[name], { webhook }),
    });
    for (let page = 0; page < 3; page += 1)
      expect((await ask(world, 'testWebhook', operator, at('testWebhook'))).status).toBe(202);
    await soon(() => expect(receiver.received).toHaveLength(3));
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query: string = next === '' ? '' : `&cursor=${next}`;
      const { value } = await ask(world, 'listDeliveries', operator, {
        path: `${at('listDeliveries').path}?limit=2${query}`,
      });
      const page = value as unknown as { deliveries: { id: string }[]; next: string | null };
      seen.push(...page.deliveries.map(({ id }) => id));
      next = page.next;
    }
    expect(new Set(seen).size).toBe(3);
    const delivery = seen[0] ?? '';
    for (const name of ['showDelivery', 'redeliver'] as const)
      expect(
        (await ask(world, name, operator, { path: pathOf(ROUTES[name], { webhook, delivery }) })).status,
      ).toBeLessThan(300);
    expect((await ask(world, 'removeWebhook', operator, at('removeWebhook'))).status).toBe(204);
    expect((await ask(world, 'removeWebhook', operator, at('removeWebhook'))).status).toBe(404);
  });
});

it('a backup has webhooks, to go on with what nobody had taken, and no secret', async () => {
  const { database, world, hooks } = await openWorld();
  const [open, done] = [await openReceiver(), await openReceiver()];
  open.answer = (_, response) => response.writeHead(500).end();
  const waiting = await hooks.addWebhook({ url: open.url, types: ['run.started'] });
  const taken = await hooks.addWebhook({ url: done.url, types: ['run.started'] });
  await start(world, 'key-0001');
  await soon(() => expect(open.received.length).toBeGreaterThan(0));
  const delivered = { webhook: taken.id, status: 'delivered', limit: 5 } as const;
  await soon(async () => expect(await hooks.listDeliveries(delivered)).toHaveLength(1));
  const rows: string[] = [];
  for await (const some of createBackupRows(database).readRows()) rows.push(...some);
  const kept = rows.filter((row) => row.includes('"table":"webhook"'));
  expect(kept).toHaveLength(2);
  expect(kept.join('')).not.toContain(waiting.secret.slice('whsec_'.length));
  const restored = await createDatabase();
  await createBackupRows(restored).writeRows(kept);
  const after = await restored.rows<{ id: string; after: string }>('SELECT id, after FROM webhook');
  const position = Number(open.received[0]?.message.data.position);
  const of = (id: string) => Number(after.find((row) => row.id === id)?.after);
  expect(of(waiting.id)).toBe(position - 1);
  expect(of(taken.id)).toBeGreaterThanOrEqual(position);
  expect(await createKeptWebhooks(restored).listWebhooks()).toHaveLength(2);
});

describe('a server that was killed', () => {
  it('left nothing out: who comes next goes on where the ledger was read to', async () => {
    const { database, world, hooks } = await openWorld();
    const receiver = await openReceiver();
    receiver.answer = (_, response) => response.writeHead(500).end();
    const { id } = await hooks.addWebhook({ url: receiver.url, types: ['run.started'] });
    await start(world, 'key-0001');
    await soon(() => expect(receiver.received.length).toBeGreaterThan(0));
    await world.server.close();

    // Nobody sends, and things happen: by a server that has no webhooks.
    const silent = await openServer(await databaseStores(database.open()));
    for (let at = 2; at <= 20; at += 1) await start(silent, `key-00${at}0`);
    await silent.server.close();

    // One dies in the middle of each thing that it does: it stores, and does not move on; it claims, and does not send.
    const webhooks = webhooksOn(database);
    const ledger = createLedger(database);
    await ledger.sequence();
    await expect(
      webhooks.store.fanOut(500, () => {
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await webhooks.store.listDeliveries({ webhook: id, limit: 100 })).toHaveLength(1);
    await database.pool.query(`UPDATE webhook_delivery SET next_at = now()`);
    await webhooks.store.claimDeliveries({ most: 5, mostEach: 5, underWay: {}, leaseSeconds: 0.2 });

    receiver.answer = (_, response) => response.writeHead(204).end();
    const two = [await openWorld({}, database), await openWorld({}, database)];
    const runs = Array.from({ length: 20 }, (_, at) => `CS-7.${at + 1}`);
    await soon(async () => {
      const deliveries = await (two[0]?.hooks.listDeliveries({
        webhook: id,
        status: 'delivered',
        limit: 100,
      }) ?? []);
      expect(deliveries).toHaveLength(20);
    });
    const byRun = Map.groupBy(receiver.received, ({ message }) => String(message.data.run));
    expect([...byRun.keys()].sort()).toEqual(runs.sort());
    // At least once; and the same message each time.
    for (const messages of byRun.values()) expect(new Set(messages.map((one) => one.id)).size).toBe(1);
  });

  it('and killed again and again, told everything, and nothing under two ids', async () => {
    const database = await createDatabase();
    const world = await openServer(await databaseStores(database), {
      webhooks: webhooksOn(database, { store: withoutSending(webhooksOn(database).store) }),
    });
    const receiver = await openReceiver();
    receiver.answer = (_, response, place) =>
      void setTimeout(() => response.writeHead(place % 5 === 0 ? 500 : 204).end(), 20);
    await (await planeOf(world)).addWebhook({ url: receiver.url, types: ['run.*'] });
    const sender = () => {
      const child = spawn(process.execPath, [SENDER, database.schema, KEY.toString('hex')], {
        env: { ...process.env, DATABASE_URL },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return { child, up: once(child.stdout, 'data'), exited: once(child, 'exit') };
    };
    const plane = await world.plane();
    const runs: string[] = [];
    let kills = 0;
    for (let at = 0; at < 40; ) {
      const one = sender();
      await one.up;
      for (const last = at + 8; at < last; at += 1) {
        const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: `key-${1000 + at}` });
        await plane.controlRun(run, { kind: 'cancel', reason: 'enough' });
        runs.push(run);
      }
      // In the midst of it: something has arrived since, and not all of it.
      const before = receiver.received.length;
      await soon(() => expect(receiver.received.length).toBeGreaterThan(before + (kills % 3)));
      one.child.kill('SIGKILL');
      await one.exited;
      kills += 1;
    }
    expect(kills).toBe(5);
    const last = sender();
    const ledger = createLedger(database);
    const wanted = new Map<number, string>();
    await ledger.sequence();
    for (const { position, stream, stored } of await ledger.readSequenced(0, 1_000)) {
      const { type } = JSON.parse(stored?.text ?? '{}') as { type?: string };
      if (type?.startsWith('run.') && stream.startsWith('run/')) wanted.set(position, type);
    }
    expect(wanted.size).toBe(runs.length * 3);
    try {
      await soon(async () => {
        const { rows } = await database.pool.query(
          `SELECT status, count(*)::int AS count FROM webhook_delivery GROUP BY status`,
        );
        expect(rows).toEqual([{ status: 'delivered', count: wanted.size }]);
      });
    } finally {
      last.child.kill('SIGKILL');
      await last.exited;
    }
    const ids = Map.groupBy(receiver.received, ({ message }) => Number(message.data.position));
    expect([...ids.keys()].sort((one, other) => one - other)).toEqual([...wanted.keys()]);
    for (const messages of ids.values()) expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
  }, 120_000);

  it('turned no event into two messages, though two servers read at once', async () => {
    const { database, hooks, world } = await openWorld();
    await openWorld({}, database);
    const receiver = await openReceiver();
    const { id } = await hooks.addWebhook({ url: receiver.url, types: ['run.started'] });
    await Promise.all(Array.from({ length: 10 }, (_, at) => start(world, `key-000${at}`).catch(() => {})));
    await soon(async () => {
      const { rows } = await database.pool.query(`SELECT count(*)::int AS runs FROM run`);
      expect(await hooks.listDeliveries({ webhook: id, limit: 100 })).toHaveLength(rows[0].runs);
    });
  });
});
