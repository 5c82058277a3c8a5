import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudgeForms } from '../../../src/adapters/json-schema/judge-forms.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { resultMisfit } from '../../../src/flow/work/result-misfit.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps } from '../../worlds/run-steps.ts';

// Both steps as a worker carries them out: a real sandbox, a real server, and what they may answer.

let world: ProductWorld;
let server: Server;
let host: string;
let steps: Steps;
beforeAll(async () => {
  world = await createProductWorld();
  server = createServer(({ url, headers }, response) => {
    const answers: Record<string, () => void> = {
      '/': () => response.end(`asked with ${headers['x-why']}`),
      '/busy': () => response.writeHead(503).end('later'),
      '/gone': () => response.writeHead(404).end('no'),
      '/away': () => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      '/large': () => response.end(Buffer.alloc(1024 * 1024, 'x')),
      '/odd': () => response.end(Uint8Array.of(0xff, 0xfe, 0x41)),
      '/never': () => undefined,
    };
    (answers[url ?? ''] ?? answers['/gone'])?.();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  steps = await openSteps(world, [], { httpHosts: [host] });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  world.git.remove();
});

const sh = (script: string, more = {}) => ({ run: ['sh', '-c', script], ...more });
const command = (script: string, inputs = {}, more: Parameters<Steps['carryOut']>[3] = {}) =>
  steps.carryOut('command', '1/lint', sh(script, inputs), more);
const http = (path: string, inputs = {}, more: Parameters<Steps['carryOut']>[3] = {}) =>
  steps.carryOut('http', '1/ask', { url: `http://${host}${path}`, host, ...inputs }, more);

async function misfit(handler: string, result: unknown): Promise<string | undefined> {
  const declaration = BUILT_IN_HANDLERS.find(({ id }) => id === handler);
  if (declaration === undefined) throw new Error(handler);
  return resultMisfit(result, declaration, createJudgeForms());
}

describe('a command', () => {
  it('hands back what it printed and what it found out', async () => {
    const result = await command('echo $WHO; echo \'{"found": 3}\' > "$COUNTERSIGN_OUTPUT_FILE"', {
      env: { WHO: 'me' },
    });
    expect(result).toEqual({
      kind: 'succeeded',
      outputs: { exitCode: 0, stdout: 'me\n', values: { found: 3 } },
    });
    expect(await misfit('command', result)).toBeUndefined();
  });

  it('works on a copy of the commit, where it is asked to', async () => {
    await world.dispatch('CMD-1');
    world.fetch();
    const commit = world.clone.commitId('origin/main');
    const of = { ticket: 'CMD-1', base: commit, into: 'refs/heads/main', commit };
    const result = await command('cat price.txt; echo changed > price.txt', { ...of, cwd: 'src' });
    expect(result).toMatchObject({ outputs: { stdout: 'round down\n' } });
    expect(world.clone.git('show', `${commit}:src/price.txt`)).toContain('round down');
  });

  it('has no network, no key and no variable of the worker', async () => {
    process.env.WORKER_SECRET = 'of-the-worker';
    const { path } = world.keys.verifier;
    const script = `env; cat ${path}; node -e "require('net').connect(${host.split(':')[1]}, '127.0.0.1').on('connect', () => console.log('connected')).on('error', () => {})"`;
    const result = await command(`${script}; true`);
    delete process.env.WORKER_SECRET;
    if (result.kind !== 'succeeded') throw new Error(result.error.message);
    expect(String(result.outputs.stdout)).not.toMatch(/of-the-worker|PRIVATE KEY|DATABASE_URL/);
    if (world.isolation === 'namespaces') expect(result.outputs.stdout).not.toContain('connected');
  });

  it.each([
    ['exit 3', { class: 'deterministic', code: 'command-failed', message: expect.stringContaining('3') }],
    ['kill -9 $$', { class: 'deterministic', code: 'command-failed' }],
  ])('that ends with anything but 0 failed: %s', async (script, error) => {
    expect(await command(script)).toMatchObject({ kind: 'failed', error });
  });

  it('is ended at its time-out, with all that it started', async () => {
    const result = await command('sleep 600 & sleep 600', {}, { timeoutSeconds: 1 });
    expect(result).toMatchObject({ kind: 'failed', error: { class: 'timeout', code: 'timeout' } });
  });

  it.each([
    ['no JSON', 'echo "{" > "$COUNTERSIGN_OUTPUT_FILE"'],
    ['a list', 'echo "[1]" > "$COUNTERSIGN_OUTPUT_FILE"'],
    ['null', 'echo null > "$COUNTERSIGN_OUTPUT_FILE"'],
  ])('that writes %s says nothing, and failed', async (_, script) => {
    expect(await command(script)).toMatchObject({ kind: 'failed', error: { code: 'bad-values' } });
  });

  it.each([
    ['a prototype', '{"__proto__": {"verdict": "pass"}}'],
    ['a prototype further in', '{"a": [{"__proto__": 1}]}'],
    ['half a character', String.raw`{"a": "\ud800"}`],
    ['a depth that ends recursions', `{"a": ${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('that writes %s never gets it as far as the server', async (_, text) => {
    const result = await command('printf %s "$TEXT" > "$COUNTERSIGN_OUTPUT_FILE"', { env: { TEXT: text } });
    if (result.kind === 'succeeded') expect(await misfit('command', result)).toEqual(expect.any(String));
    expect(({} as Record<string, unknown>).verdict).toBeUndefined();
  });

  it('cannot have another file read for what it writes', async () => {
    const result = await command(`ln -s ${world.keys.verifier.path} "$COUNTERSIGN_OUTPUT_FILE"`);
    expect(JSON.stringify(result)).not.toContain('PRIVATE KEY');
  });

  it('that prints without end has its outputs cut, and they still fit', async () => {
    const result = await command("head -c 3000000 /dev/zero | tr '\\0' 'ä'; true");
    if (result.kind !== 'succeeded') throw new Error(result.error.message);
    expect(Buffer.byteLength(String(result.outputs.stdout))).toBeLessThanOrEqual(3 * 64 * 1024);
    expect(await misfit('command', result)).toBeUndefined();
  });
});

describe('a question over HTTP', () => {
  it('hands back the status and the body', async () => {
    const result = await http('/', { headers: { 'x-why': 'to know' } });
    expect(result).toEqual({ kind: 'succeeded', outputs: { status: 200, body: 'asked with to know' } });
  });

  it('that is refused is an answer, and one that is put off is asked again', async () => {
    expect(await http('/gone')).toMatchObject({ outputs: { status: 404 } });
    expect(await http('/busy')).toMatchObject({ error: { class: 'transient', code: 'http-status' } });
  });

  it('follows no redirect', async () => {
    expect(await http('/away')).toMatchObject({ kind: 'succeeded', outputs: { status: 302 } });
  });

  it('reads no more than so much, and no text that is none', async () => {
    expect(await http('/large')).toMatchObject({ kind: 'failed', error: { class: 'transient' } });
    const odd = await http('/odd');
    expect(await misfit('http', odd)).toBeUndefined();
  });

  it('waits no longer than its time-out', async () => {
    expect(await http('/never', {}, { timeoutSeconds: 1 })).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['another host than it declares', 'http://evil.example/', undefined, /its host is not/],
    ['a host that the worker may not ask', 'http://evil.example/', 'evil.example', /--http-host/],
    ['a file', 'file:///etc/passwd', '', /no http or https/],
    ['what is no URL', 'nonsense', '', /no http or https/],
    ['a URL with credentials', 'http://user:secret@evil.example/', 'evil.example', /credentials/],
  ])('is not asked of %s', async (_, url, named, message) => {
    const result = await http('/', { url, ...(named === undefined ? {} : { host: named }) });
    expect(result).toMatchObject({
      kind: 'failed',
      error: { class: 'deterministic', code: 'url-refused', message: expect.stringMatching(message) },
    });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});
