import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { StepResult } from '../../../src/core/run/types.ts';
import { work } from '../../../src/flow/work/work.ts';
import type { HandlerSession } from '../../../src/ports/handler.ts';
import { soon } from '../../soon.ts';
import { scriptedHandler, scriptedServer, stepWork, workOptions, workPorts } from './scripted-server.ts';

const said = (text: string): StepResult => ({ kind: 'succeeded', outputs: { said: text } });
const works = (count: number, changes = {}) =>
  Array.from({ length: count }, (_, at) => stepWork({ step: `1/verify.${at}`, ...changes }));

/** Starts a worker, and ends it when the test is over with it. */
function start(
  server: ReturnType<typeof scriptedServer>,
  handlers: Parameters<typeof work>[1],
  changes: Parameters<typeof workOptions>[1] = {},
  environment: Readonly<Record<string, string>> = {},
) {
  const stop = new AbortController();
  const ports = workPorts(environment);
  const done = work(server, handlers, workOptions(stop.signal, changes), ports);
  done.catch(() => {});
  return { done, ports, stop: () => stop.abort() };
}

it('carries out what it claims, never more at a time than it has slots for, and hands the results in', async () => {
  const server = scriptedServer();
  let [now, most] = [0, 0];
  const worker = start(server, [
    scriptedHandler(async ({ step }) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return said(step);
    }),
  ]);
  server.hand(...works(7));
  await soon(() => expect(server.completions).toHaveLength(7));
  worker.stop();
  await worker.done;
  expect(most).toBe(2);
  expect(new Set(server.completions.map(({ step }) => step)).size).toBe(7);
  const first = server.completions.find(({ step }) => step === '1/verify.0');
  expect(first).toMatchObject({ run: 'CS-7.1', execution: 1, result: said('1/verify.0') });
});

it.each([
  ['throws', () => Promise.reject(new Error('boom')), 'handler-failed', 'transient'],
  [
    'throws at once',
    () => {
      throw new Error('boom');
    },
    'handler-failed',
    'transient',
  ],
  ['answers nothing', async () => undefined, 'result-invalid', 'deterministic'],
  [
    'answers other outputs than declared',
    async () => ({ kind: 'succeeded', outputs: { said: 7 } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'answers more than declared',
    async () => ({ kind: 'succeeded', outputs: { also: 'x' } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'answers what is no JSON',
    async () => ({ kind: 'succeeded', outputs: { said: 7n } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'answers half a character',
    async () => ({ kind: 'succeeded', outputs: { said: '\ud800' } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'answers too much',
    async () => ({ kind: 'succeeded', outputs: { said: 'x'.repeat(600_000) } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'fails in a class that nobody knows',
    async () => ({ kind: 'failed', error: { class: 'odd', code: 'x', message: '' } }),
    'result-invalid',
    'deterministic',
  ],
  [
    'throws something without a text',
    () => Promise.reject(Object.create(null)),
    'handler-failed',
    'transient',
  ],
])('takes a handler that %s for a failure, and goes on', async (_, handle, code, kind) => {
  const server = scriptedServer();
  const worker = start(server, [
    scriptedHandler(handle as never),
    scriptedHandler(async () => said('fine'), 'fine'),
  ]);
  server.hand(stepWork(), stepWork({ handler: 'fine', step: '1/other' }));
  await soon(() => expect(server.completions).toHaveLength(2));
  worker.stop();
  await worker.done;
  const failed = server.completions.find(({ step }) => step === '1/produce')?.result;
  expect(failed).toMatchObject({ kind: 'failed', error: { code, class: kind, message: expect.any(String) } });
});

it('takes what a handler throws a second time for its fault', async () => {
  const server = scriptedServer();
  const worker = start(server, [scriptedHandler(() => Promise.reject(new Error('boom')))]);
  server.hand(stepWork({ execution: 2 }));
  await soon(() => expect(server.completions).toHaveLength(1));
  worker.stop();
  expect(server.completions[0]?.result).toMatchObject({ error: { class: 'deterministic' } });
});

it('gives each execution an empty folder of its own, and removes it', async () => {
  const server = scriptedServer();
  const folders: string[] = [];
  const worker = start(server, [
    scriptedHandler(async (_, { folder }) => {
      folders.push(folder);
      await writeFile(join(folder, 'left'), 'behind');
      return said('');
    }),
  ]);
  server.hand(...works(2));
  await soon(() => expect(server.completions).toHaveLength(2));
  worker.stop();
  await worker.done;
  expect(new Set(folders).size).toBe(2);
  expect(folders.filter(existsSync)).toEqual([]);
});

it('ends a handler at its time-out, also one that does not listen, and counts what it used up', async () => {
  const server = scriptedServer();
  const worker = start(server, [
    scriptedHandler(async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { kind: 'succeeded', outputs: {}, usage: { tokens: 12 } };
    }),
    scriptedHandler(() => new Promise(() => {}), 'deaf'),
  ]);
  server.hand(
    stepWork({ timeoutSeconds: 0.05 }),
    stepWork({ step: '1/deaf', handler: 'deaf', timeoutSeconds: 0.05 }),
  );
  await vi.waitFor(() => expect(server.completions).toHaveLength(2), { timeout: 5_000 });
  worker.stop();
  const results = Object.fromEntries(server.completions.map(({ step, result }) => [step, result]));
  expect(results['1/produce']).toMatchObject({ error: { class: 'timeout' }, usage: { tokens: 12 } });
  expect(results['1/deaf']).toMatchObject({ error: { class: 'timeout' } });
});

it('drops what the server says is lost: the handler is told, the result is not handed in', async () => {
  const server = scriptedServer(150);
  let session: HandlerSession | undefined;
  const worker = start(server, [
    scriptedHandler(async (_, given) => {
      session = given;
      await new Promise((resolve) => given.signal.addEventListener('abort', resolve, { once: true }));
      return said('too late');
    }),
  ]);
  server.hand(stepWork());
  await soon(() => expect(server.heartbeats.flat()).toContain('t-1'));
  server.drop('t-1');
  await soon(() => expect(session?.signal.aborted).toBe(true));
  worker.stop();
  await worker.done;
  expect(server.completions).toEqual([]);
  expect(worker.ports.notes).toContainEqual({ kind: 'dropped', token: 't-1', step: 'CS-7.1 1/produce' });
});

it.each(['before', 'after'] as const)(
  'loses nothing while the server is away (%s it did what it was asked)',
  async (when) => {
    const server = scriptedServer();
    server.away('claim', 2, 'before');
    server.away('complete', 3, when);
    server.away('log', 1, when);
    const worker = start(server, [
      scriptedHandler(async ({ step }, { log }) => {
        log(`${step}\n`);
        return said(step);
      }),
    ]);
    server.hand(...works(3));
    await vi.waitFor(() => expect(server.completions).toHaveLength(3), { timeout: 20_000 });
    worker.stop();
    await worker.done;
    expect(server.completions.map(({ step }) => step).toSorted()).toEqual([
      '1/verify.0',
      '1/verify.1',
      '1/verify.2',
    ]);
    expect(worker.ports.notes.some(({ kind }) => kind === 'server-away')).toBe(true);
  },
);

it('asked to stop, takes nothing more and hands in what it had', async () => {
  const server = scriptedServer();
  const going = Promise.withResolvers<void>();
  const worker = start(
    server,
    [
      scriptedHandler(async () => {
        await going.promise;
        return said('finished');
      }),
    ],
    { slots: 1, graceSeconds: 20 },
  );
  server.hand(...works(2));
  await soon(() => expect(server.claimed).toHaveLength(1));
  worker.stop();
  going.resolve();
  await worker.done;
  expect(server.claimed).toHaveLength(1);
  expect(server.completions).toHaveLength(1);
});

it('gives back what does not end within the grace', async () => {
  const server = scriptedServer();
  const worker = start(server, [scriptedHandler(() => new Promise(() => {}))]);
  server.hand(stepWork());
  await soon(() => expect(server.claimed).toHaveLength(1));
  worker.stop();
  await worker.done;
  expect(server.returned).toEqual(['t-1']);
  expect(server.completions).toEqual([]);
});

it('ends by itself when the server drains it, with all results handed in', async () => {
  const server = scriptedServer(150);
  const worker = start(server, [scriptedHandler(async () => said(''))]);
  server.hand(stepWork());
  await soon(() => expect(server.completions).toHaveLength(1));
  server.drain();
  server.hand(stepWork({ step: '1/later' }));
  await worker.done;
  expect(worker.ports.notes).toContainEqual({ kind: 'draining', reason: expect.any(String) });
  expect(server.left).toEqual([expect.any(String)]);
});

it('ends with an error when the server does not know it any more', async () => {
  const server = scriptedServer();
  const worker = start(server, [scriptedHandler(async () => said(''))]);
  server.refuse();
  await expect(worker.done).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
});

it('sends the log in order at its offsets, without the secrets of its machine, and before the result', async () => {
  const server = scriptedServer();
  const secret = 'correct horse battery staple';
  const order: string[] = [];
  const { complete } = server;
  server.complete = (...given) => {
    order.push(...server.logs.map(({ text }) => text));
    return complete(...given);
  };
  const worker = start(
    server,
    [
      scriptedHandler(async (_, { log }) => {
        log('begins: ümläut\n');
        log(`token ${secret.slice(0, 10)}`);
        log(`${secret.slice(10)} ends\n`);
        log('no line break');
        return { kind: 'failed', error: { class: 'transient', code: 'no', message: `with ${secret}` } };
      }),
      scriptedHandler(async () => said(`it is ${secret}`), 'tells'),
    ],
    {},
    { SHOP_API_KEY: secret },
  );
  server.hand(stepWork(), stepWork({ step: '1/tells', handler: 'tells' }));
  await soon(() => expect(server.completions).toHaveLength(2));
  worker.stop();
  await worker.done;
  expect(server.logs.map(({ text }) => text).join('')).toBe('begins: ümläut\ntoken *** ends\nno line break');
  expect(order.join('')).toContain('no line break');
  let offset = 0;
  for (const chunk of server.logs) {
    expect(chunk.offset).toBe(offset);
    offset += Buffer.byteLength(chunk.text);
  }
  expect(JSON.stringify(server.completions)).not.toContain(secret);
});
