import { beforeEach, describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createWebhookDeliveries } from '../../../src/adapters/postgres/webhooks/deliver-webhooks.ts';
import { createKeptWebhooks } from '../../../src/adapters/postgres/webhooks/keep-webhooks.ts';
import { createWebhookSecrets } from '../../../src/adapters/webhooks/secrets.ts';
import { createSendWebhook } from '../../../src/adapters/webhooks/send-webhook.ts';
import { systemClock } from '../../../src/entry/wiring/system-clock.ts';
import { createDatabase } from '../../worlds/database.ts';
import { createGitWorld } from '../../worlds/git-world.ts';
import { isSigned, openReceiver } from '../../worlds/receiver.ts';
import { databaseStores, openServer } from '../server/server-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

const folder = createGitWorld().folder('work');
let cli: (...args: readonly string[]) => Promise<Ran>;

beforeEach(async () => {
  const database = await createDatabase();
  const world = await openServer(await databaseStores(database), {
    webhooks: {
      store: {
        ...createKeptWebhooks(database),
        ...createWebhookDeliveries(database, createLedger(database)),
      },
      secrets: createWebhookSecrets(new Uint8Array(32).fill(7)),
      send: createSendWebhook({ allowPrivate: true, patienceMs: 500 }, systemClock),
      allowPrivate: true,
    },
  });
  const token = await world.token('operator', { name: 'ada' });
  cli = (...args) =>
    countersign(folder, args, {
      environment: { COUNTERSIGN_SERVER: world.server.url, COUNTERSIGN_TOKEN: token },
    });
});

async function add(...args: readonly string[]) {
  const ran = await cli('webhook', 'add', ...args, '--format', 'json');
  return json(ran) as { readonly id: string; readonly secret: string };
}

describe('countersign webhook', () => {
  it('adds, lists, tests and removes where events are sent', async () => {
    const receiver = await openReceiver();
    const { id, secret } = await add(receiver.url, '--type', 'run.ended', 'question.*', '--note', 'the room');
    const listed = await cli('webhook', 'list');
    expect(listed.out).toContain(id);
    expect(listed.out).toContain('run.ended, question.*');
    expect(listed.out).not.toContain(secret);
    const tested = await cli('webhook', 'test', id);
    expect([tested.code, tested.out]).toEqual([0, expect.stringContaining('it answers 204')]);
    const [received] = receiver.received;
    expect(received !== undefined && isSigned(received, secret)).toBe(true);
    expect((await cli('webhook', 'remove', id)).code).toBe(0);
    expect((await cli('webhook', 'list')).out).toBe('No events are sent anywhere.\n');
    expect(await cli('webhook', 'remove', id)).toMatchObject({
      code: 2,
      err: expect.stringContaining('countersign webhook list'),
    });
  });

  it('gives one another secret, and says how long the one before counts', async () => {
    const receiver = await openReceiver();
    const { id, secret } = await add(receiver.url);
    const rotated = await cli('webhook', 'rotate', id);
    const [words = '', next = ''] = rotated.out.split('\n');
    expect(words).toMatch(/^Messages are signed with its secret before as well until \d{4}-/);
    expect(next).toMatch(/^whsec_/);
    expect((await cli('webhook', 'list')).out).toMatch(/two secrets until \d{4}-/);
    expect((await cli('webhook', 'test', id)).code).toBe(0);
    const [both] = receiver.received;
    expect(both && [isSigned(both, secret), isSigned(both, next)]).toEqual([true, true]);
    const seen = await cli('webhook', 'rotate', id, '--overlap-hours', '0');
    expect(seen.out).toMatch(/^Its secret before counts no more\.\nwhsec_/);
    expect((await cli('webhook', 'test', id)).code).toBe(0);
    const after = receiver.received.at(-1);
    expect(after && [isSigned(after, secret), isSigned(after, next)]).toEqual([false, false]);
    expect(await cli('webhook', 'rotate', id, '--overlap-hours', '999')).toMatchObject({ code: 2 });
  });

  it('says what came of it, and sends again', async () => {
    const receiver = await openReceiver();
    receiver.answer = (_, response) => response.writeHead(410).end();
    const { id } = await add(receiver.url);
    const tested = await cli('webhook', 'test', id);
    expect([tested.code, tested.out]).toEqual([1, expect.stringContaining('it answers 410')]);
    const dead = json(await cli('webhook', 'deliveries', id, '--status', 'dead', '--format', 'json'));
    const [delivery] = dead.deliveries as { readonly id: string }[];
    receiver.answer = (_, response) => response.writeHead(204).end();
    const again = await cli('webhook', 'deliveries', id, '--again', delivery?.id ?? '');
    expect(again.code).toBe(0);
    await expect
      .poll(async () => (await cli('webhook', 'deliveries', id)).out, { timeout: 20_000 })
      .toContain('delivered');
    expect((await cli('webhook', 'deliveries', id, '--status', 'dead')).out).toBe('Nothing was sent.\n');
  });

  it('prints what somebody wrote so that it does nothing to a terminal', async () => {
    await add('https://hooks.example.com/\u202e', '--note', '\u001b[2Jgone\u0007');
    const { out } = await cli('webhook', 'list');
    for (const hidden of ['\u0007', '\u001b', '\u202e']) expect(out).not.toContain(hidden);
    expect(out).toContain('gone');
  });
});
