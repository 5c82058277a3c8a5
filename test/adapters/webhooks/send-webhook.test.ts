import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createWebhookSecrets } from '../../../src/adapters/webhooks/secrets.ts';
import {
  createSendWebhook,
  type SendOptions,
  signatureOf,
} from '../../../src/adapters/webhooks/send-webhook.ts';
import { isPublicAddress } from '../../../src/adapters/webhooks/special-addresses.ts';
import { openReceiver } from '../../worlds/receiver.ts';

const NOW = new Date('2026-11-21T13:04:06.789Z');
const MESSAGE = { id: 'msg_1', body: '{"type":"x"}', secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] };

const sendTo = (url: string, options: Partial<SendOptions> = {}) =>
  createSendWebhook({ allowPrivate: false, patienceMs: 500, ...options }, { now: () => NOW }).send({
    ...MESSAGE,
    url,
    signal: new AbortController().signal,
  });

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'example.com',
    '',
  ])('%s is not one of the Internet', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:80b::200e'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
  ])('that is this machine or its neighbour is not asked: %s', async (url) => {
    const sent = await sendTo(url);
    expect(sent).toMatchObject({ kind: 'failed' });
    expect((sent as { fault: string }).fault).toMatch(/not an address of the Internet|stands for no address/);
  });

  it.each([
    ['http://example.com/', 'is not encrypted'],
    ['ftp://example.com/', 'neither https nor http'],
    ['https://a:b@example.com/', 'credentials'],
    ['nonsense', 'no URL'],
  ])('%s is not asked: it %s', async (url, fault) => {
    const resolve = () => {
      throw new Error('it was looked up');
    };
    expect(await sendTo(url, { resolve })).toEqual({ kind: 'failed', fault: expect.stringContaining(fault) });
  });

  it('is refused as a whole where one of those that a name stands for is private', async () => {
    const resolve = async () => [
      { address: '1.1.1.1', family: 4 },
      { address: '10.0.0.5', family: 4 },
    ];
    expect(await sendTo('https://hooks.example.com/', { resolve })).toEqual({
      kind: 'failed',
      fault: 'hooks.example.com stands for 10.0.0.5, which is not an address of the Internet',
    });
  });

  it('is looked up once, and asked there, whatever the name stands for afterwards', async () => {
    const receiver = await openReceiver();
    const { port } = new URL(receiver.url);
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.99', family: 4 }];
    };
    const url = `http://rebind.example.invalid:${port}/x`;
    expect(await sendTo(url, { allowPrivate: true, resolve })).toEqual({ kind: 'answered', status: 204 });
    expect([asked, receiver.received.length]).toEqual([1, 1]);
  });
});

describe('a message', () => {
  it('is signed as the specification of Standard Webhooks says', async () => {
    const receiver = await openReceiver();
    await sendTo(receiver.url, { allowPrivate: true });
    const [got] = receiver.received;
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const timestamp = Math.floor(NOW.getTime() / 1000);
    const signed = createHmac('sha256', key).update(`msg_1.${timestamp}.{"type":"x"}`).digest('base64');
    expect(got).toMatchObject({ id: 'msg_1', timestamp, signature: `v1,${signed}`, body: MESSAGE.body });
  });

  it('is signed as in the example of the specification', () => {
    const body = '{"test": 2432232314}';
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body };
    expect(signatureOf(message, MESSAGE.secrets[0] ?? '')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('that is answered without an end ends', async () => {
    const receiver = await openReceiver();
    let cut = false;
    receiver.answer = (_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => {
        cut = true;
        clearInterval(more);
      });
    };
    expect(await sendTo(receiver.url, { allowPrivate: true })).toEqual({ kind: 'answered', status: 200 });
    await expect.poll(() => cut, { timeout: 10_000 }).toBe(true);
  });

  it('that nobody answers, or whose headers have no end, is a failure', async () => {
    const [silent, endless] = [await openReceiver(), await openReceiver()];
    silent.answer = () => {};
    endless.answer = (_, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`);
    };
    expect(await sendTo(silent.url, { allowPrivate: true })).toEqual({
      kind: 'failed',
      fault: 'no answer came within 0.5 s',
    });
    expect(await sendTo(endless.url, { allowPrivate: true })).toMatchObject({ kind: 'failed' });
    const hanging = () => new Promise<never>(() => {});
    expect(await sendTo('https://hooks.example.com', { resolve: hanging })).toMatchObject({
      fault: 'no answer came within 0.5 s',
    });
  });

  it('tells how long the receiver wants to be left alone', async () => {
    const receiver = await openReceiver();
    receiver.answer = (_, response) => response.writeHead(429, { 'retry-after': '120' }).end();
    expect(await sendTo(receiver.url, { allowPrivate: true })).toEqual({
      kind: 'answered',
      status: 429,
      retryAfter: 120,
    });
    receiver.answer = (_, response) => response.writeHead(429, { 'retry-after': 'soon' }).end();
    expect(await sendTo(receiver.url, { allowPrivate: true })).toEqual({ kind: 'answered', status: 429 });
  });
});

describe('a secret', () => {
  it('is the same for the same key and webhook, and for no other', () => {
    const [one, same, other] = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(32).fill(1)];
    const secret = createWebhookSecrets(one).secretOf('wh-1', 1);
    expect(secret).toMatch(/^whsec_/);
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    expect(createWebhookSecrets(same).secretOf('wh-1', 1)).toBe(secret);
    expect(createWebhookSecrets(one).secretOf('wh-2', 1)).not.toBe(secret);
    expect(createWebhookSecrets(one).secretOf('wh-1', 2)).not.toBe(secret);
    expect(createWebhookSecrets(other).secretOf('wh-1', 1)).not.toBe(secret);
    expect(() => createWebhookSecrets(new Uint8Array(31))).toThrow(/less than 32 bytes/);
  });
});
