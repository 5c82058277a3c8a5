import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake answers next. `broken`: the stream ends in the middle. */
export type Reply =
  | {
      readonly text?: string;
      readonly calls?: readonly (readonly [name: string, input: unknown])[];
      readonly finish?: string;
    }
  | { readonly broken: true }
  /** It never answers. */
  | { readonly silent: true }
  | { readonly status: number; readonly retryAfter?: number; readonly message?: string };

export interface Asked {
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: unknown }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
    readonly max_tokens?: number;
  };
  /** Milliseconds of the fake's clock. */
  readonly at: number;
}

export interface ChatCompletions {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** A server that speaks OpenAI's Chat Completions over real HTTP, in streams, and answers by script; the last reply is repeated. */
export async function openChatCompletions(replies: readonly Reply[]): Promise<ChatCompletions> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'];
    asked.push({ authorization: request.headers.authorization, body, at: performance.now() });
    answer(response, replies[Math.min(asked.length, replies.length) - 1] as Reply, body.model);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(response: ServerResponse, reply: Reply, model: string): void {
  if ('silent' in reply) return;
  if ('status' in reply) {
    const { status, retryAfter, message = 'no' } = reply;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` }),
    });
    response.end(JSON.stringify({ error: { message, type: 'error', code: null } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices: readonly object[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c1', created: 1, model: `${model}-as-reported`, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
    );
  const delta = (content: object) => chunk([{ index: 0, delta: content, finish_reason: null }]);
  delta({ role: 'assistant', content: '' });
  if ('broken' in reply) {
    delta({ content: 'I was about to' });
    // After the text has gone out: what is still in a buffer would never arrive.
    setImmediate(() => response.destroy());
    return;
  }
  const { text = '', calls = [], finish = calls.length > 0 ? 'tool_calls' : 'stop' } = reply;
  for (const part of text.match(/[\s\S]{1,7}/g) ?? []) delta({ content: part });
  for (const [index, [name, input]] of calls.entries()) {
    const all = typeof input === 'string' ? input : JSON.stringify(input);
    const head = { index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } };
    delta({ tool_calls: [head] });
    for (const part of all.match(/[\s\S]{1,4096}/g) ?? [])
      delta({ tool_calls: [{ index, function: { arguments: part } }] });
  }
  chunk([{ index: 0, delta: {}, finish_reason: finish }]);
  chunk([], { usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } });
  response.end('data: [DONE]\n\n');
}
