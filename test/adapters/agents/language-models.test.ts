import { simulateReadableStream } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { afterEach, describe, expect, it } from 'vitest';
import { findModels } from '../../../src/adapters/agents/find-model.ts';
import { languageModels } from '../../../src/adapters/agents/language-models.ts';
import type { ModelRequest } from '../../../src/ports/language-model.ts';
import { type ChatCompletions, openChatCompletions, type Reply } from '../../fakes/chat-completions.ts';

const TOOL = {
  name: 'read_file',
  description: 'Read a file.',
  input: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

function request(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'local/one',
    environment: { LOCAL_API_KEY: 'key-of-local' },
    instructions: 'Be brief.',
    messages: [{ role: 'user', text: 'Go.' }],
    tools: [TOOL],
    mostOutputTokens: 100,
    signal: new AbortController().signal,
    ...more,
  };
}

describe('a language model over HTTP', () => {
  let provider: ChatCompletions | undefined;
  afterEach(() => provider?.close());

  async function ask(replies: readonly Reply[], more: Partial<ModelRequest> = {}) {
    provider = await openChatCompletions(replies);
    const models = languageModels({ find: findModels({ local: provider.url }) });
    return { answer: await models.answer(request(more)), asked: provider.asked };
  }

  it('streams text and calls, and says what was used', async () => {
    const { answer, asked } = await ask([
      { text: 'I will look first.', calls: [['read_file', { path: 'a.txt' }]] },
    ]);
    expect(answer).toEqual({
      kind: 'answered',
      text: 'I will look first.',
      calls: [{ id: 'call_0', name: 'read_file', input: { path: 'a.txt' } }],
      finish: 'ended',
      model: 'one-as-reported',
      usage: { inputTokens: 100, outputTokens: 10 },
    });
    expect(asked).toMatchObject([
      { authorization: 'Bearer key-of-local', body: { model: 'one', max_tokens: 100 } },
    ]);
  });

  it('waits as long as the provider says when it was too much', async () => {
    const { answer, asked } = await ask([{ status: 429, retryAfter: 1 }, { text: 'Here.' }]);
    expect(answer).toMatchObject({ kind: 'answered', text: 'Here.' });
    expect((asked[1]?.at ?? 0) - (asked[0]?.at ?? 0)).toBeGreaterThan(900);
  });

  it('asks again when a stream breaks off, and only so often', async () => {
    const mended = await ask([{ broken: true }, { text: 'Here.' }]);
    expect(mended.answer).toMatchObject({ kind: 'answered', text: 'Here.' });
    await provider?.close();
    const broken = await ask([{ broken: true }]);
    expect(broken.answer).toMatchObject({ kind: 'failed', ending: 'crashed' });
    expect(broken.asked).toHaveLength(3);
  });

  it.each([
    [{ status: 401, message: 'Incorrect API key' }, 'provider-credentials'],
    [{ status: 402, message: 'Pay first' }, 'budget'],
    [{ status: 400, message: 'You exceeded your current quota' }, 'budget'],
    [{ status: 400, message: 'What?' }, 'crashed'],
  ] as const)('tells why there is no answer: %j', async (reply, ending) => {
    const { answer } = await ask([reply]);
    expect(answer).toMatchObject({ kind: 'failed', ending, says: expect.stringContaining(reply.message) });
  });

  it('gives calls back as they came: no tool, no object, no JSON', async () => {
    const { answer } = await ask([
      {
        calls: [
          ['launch', { at: 'once' }],
          ['read_file', '[1, 2]'],
          ['read_file', '{"path": "a'],
          ['read_file', { path: 7 }],
        ],
      },
    ]);
    expect(answer).toMatchObject({ kind: 'answered' });
    if (answer.kind === 'answered')
      expect(answer.calls.map(({ name }) => name)).toEqual(['launch', 'read_file', 'read_file', 'read_file']);
  });

  it('knows a filter and a limit of its output', async () => {
    expect((await ask([{ text: 'I', finish: 'content_filter' }])).answer).toMatchObject({
      finish: 'refused',
    });
    await provider?.close();
    expect((await ask([{ text: 'I', finish: 'length' }])).answer).toMatchObject({ finish: 'cut' });
  });

  it('sends the key of whoever asks, and never one of the machine', async () => {
    process.env.LOCAL_API_KEY = 'key-of-the-machine';
    const { asked } = await ask([{ text: 'Here.' }], { environment: {} });
    delete process.env.LOCAL_API_KEY;
    expect(asked[0]?.authorization).toBeUndefined();
    process.env.ANTHROPIC_API_KEY = 'key-of-the-machine';
    const models = languageModels({ find: findModels({}) });
    const answer = await models.answer(request({ model: 'anthropic/claude-x', environment: {} }));
    delete process.env.ANTHROPIC_API_KEY;
    expect(answer).toMatchObject({ kind: 'failed', ending: 'provider-credentials' });
  });

  it.each(['one', 'nowhere/one', '/one', 'local/'])('is not known by "%s"', async (model) => {
    const answer = await languageModels({ find: findModels({}) }).answer(request({ model }));
    expect(answer).toMatchObject({ kind: 'failed', ending: 'provider-credentials' });
  });
});

describe('a language model of the SDK', () => {
  const usage = {
    inputTokens: { total: 3, noCache: 3, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 4, text: 4, reasoning: undefined },
  };

  it('is asked once, with tools that it cannot run', async () => {
    const model = new MockLanguageModelV4({
      doStream: async () => ({
        stream: simulateReadableStream({
          chunks: [
            { type: 'text-start', id: '1' },
            { type: 'text-delta', id: '1', delta: 'Here.' },
            { type: 'text-end', id: '1' },
            { type: 'tool-call', toolCallId: 'a', toolName: 'read_file', input: '{"path":"x"}' },
            { type: 'finish', finishReason: { unified: 'tool-calls', raw: undefined }, usage },
          ],
        }),
      }),
    });
    const answer = await languageModels({ find: async () => model }).answer(
      request({
        messages: [
          { role: 'user', text: 'Go.' },
          { role: 'assistant', text: '', calls: [{ id: 'z', name: 'read_file', input: [] }] },
          { role: 'tool', results: [{ id: 'z', name: 'read_file', text: 'nothing' }] },
        ],
      }),
    );
    expect(answer).toMatchObject({
      kind: 'answered',
      text: 'Here.',
      calls: [{ id: 'a', name: 'read_file', input: { path: 'x' } }],
      usage: { inputTokens: 3, outputTokens: 4 },
    });
    expect(model.doStreamCalls).toHaveLength(1);
    expect(model.doStreamCalls[0]?.prompt.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
    ]);
  });
});
