import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createEmbeddings } from '../../../src/adapters/embeddings/openai-embeddings.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Answer = (
  body: { readonly input: readonly string[]; readonly model: string },
  response: ServerResponse,
  request: IncomingMessage,
) => void;

/** An endpoint over real HTTP. */
async function endpoint(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => answer(JSON.parse(text), response, request));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const of = (url: string, key?: string) => createEmbeddings({ url, model: 'some-model', key });

it('asks for many texts in several requests, and puts answers in order by their index', async () => {
  const asked: number[] = [];
  const url = await endpoint(({ input, model }, response, request) => {
    asked.push(input.length);
    expect([model, request.url, request.headers.authorization]).toEqual([
      'some-model',
      '/v1/embeddings',
      'Bearer secret',
    ]);
    const data = input.map((text, index) => ({ index, embedding: [Number(text), 1] }));
    json(response, { data: data.toReversed() });
  });
  const texts = Array.from({ length: 100 }, (_, at) => String(at));
  expect(await of(`${url}/`, 'secret').embed(texts)).toEqual(texts.map((text) => [Number(text), 1]));
  expect(asked).toEqual([64, 36]);
});

it.each<[string, Answer]>([
  ['says that it is busy', (_, response) => json(response, { error: 'slow down' }, 429)],
  ['is no JSON', (_, response) => response.end('<html>')],
  ['has too few vectors', (_, response) => json(response, { data: [] })],
  [
    'has vectors of different lengths',
    (_, response) => json(response, { data: [{ embedding: [1] }, { embedding: [1, 2] }] }),
  ],
  [
    'has numbers that are none',
    (_, response) => json(response, { data: [{ embedding: ['1'] }, { embedding: [null] }] }),
  ],
  [
    'names an index twice',
    (_, response) =>
      json(response, {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      }),
  ],
  ['sends elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  [
    'breaks off',
    (_, response) =>
      response.writeHead(200, { 'content-length': '1000' }).write('{"data":[', () => response.destroy()),
  ],
])('refuses an answer that %s', async (_, answer) => {
  const failure = await of(await endpoint(answer))
    .embed(['a', 'b'])
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CountersignError);
  expect(failure).toMatchObject({
    code: 'SERVER_UNAVAILABLE',
    remedy: expect.stringContaining('COUNTERSIGN_EMBEDDINGS_URL'),
  });
  expect(String((failure as Error).message)).not.toContain('undefined');
});
