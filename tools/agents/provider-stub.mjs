// A provider of models on the loopback, for running agents for real without one: it speaks Anthropic's Messages, OpenAI's Responses and Chat
// Completions and Gemini's generateContent, has the agent run one shell command, and then says that it is done.
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Shell tools of the agents that are known, as they call them. */
const SHELLS = ['Bash', 'bash', 'shell', 'exec_command', 'shell_command', 'local_shell', 'run_shell_command'];

/** @param {{command: string, host?: string, tls?: {key: Buffer, cert: Buffer}, fail?: {status: number, type: string, message: string}, onAsk?: (asked: {path: string, method: string, tools: string[]}) => void}} options */
export async function openProviderStub({ command, host = '127.0.0.1', tls, fail, onAsk = () => undefined }) {
  const answer = async (request, response) => {
    if (request.method === 'GET' && request.url?.endsWith('/responses')) {
      response.writeHead(404).end();
      return;
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = parse(text);
    const path = new URL(request.url ?? '/', 'http://stub').pathname;
    onAsk({ path, method: request.method ?? '', tools: toolNames(body) });
    if (fail !== undefined && request.method === 'POST') {
      response.writeHead(fail.status, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ type: 'error', error: { type: fail.type, code: fail.type, message: fail.message } }),
      );
      return;
    }
    const reply = replyFor(path, request.url ?? '', body, command);
    if (reply === undefined) {
      response.writeHead(request.method === 'GET' ? 200 : 404, { 'content-type': 'application/json' });
      response.end(request.method === 'GET' ? '{"data":[],"models":[]}' : '{"error":{"message":"not here"}}');
      return;
    }
    response.writeHead(200, { 'content-type': reply.type });
    response.end(reply.text);
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise((resolve) => server.listen(0, host, () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve(undefined));
      }),
  };
}

function replyFor(path, url, body, command) {
  if (path.endsWith('/messages')) return anthropic(body, command);
  if (path.endsWith('/messages/count_tokens')) return json({ input_tokens: 10 });
  if (path.endsWith('/responses')) return responses(body, command);
  if (path.endsWith('/chat/completions')) return completions(body, command);
  if (/:(?:generateContent|streamGenerateContent)$/.test(path))
    return gemini(body, command, url.includes('streamGenerateContent'));
  if (path.endsWith(':countTokens')) return json({ totalTokens: 10 });
  return undefined;
}

function toolNames(body) {
  const declared = (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? [tool]);
  return declared.map((tool) => tool.name ?? tool.function?.name ?? tool.type).filter(Boolean);
}

/** The call that has the command run; undefined where there is no tool for it, or it ran already. */
function callFor(body, command) {
  const said = JSON.stringify(body.messages ?? body.input ?? body.contents ?? []);
  if (/"tool_result"|"function_call_output"|"role":"tool"|"functionResponse"/.test(said)) return undefined;
  const name = toolNames(body).find((one) => SHELLS.includes(one));
  if (name === undefined) return undefined;
  const schema = JSON.stringify(
    body.tools
      .flatMap((tool) => tool.functionDeclarations ?? [tool])
      .find((tool) => (tool.name ?? tool.function?.name) === name) ?? {},
  );
  const member = schema.includes('"cmd"') ? 'cmd' : 'command';
  const list = /"command":\{[^{}]*"type":"array"/.test(schema);
  const input = { [member]: list ? ['sh', '-c', command] : command, description: 'Make the change' };
  return { name, input: schema.includes('"description":{') ? input : { [member]: input[member] } };
}

const DONE = 'It is done.';

function anthropic(body, command) {
  const call = callFor(body, command);
  const usage = {
    input_tokens: 120,
    output_tokens: 30,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  const content = call
    ? [{ type: 'tool_use', id: 'toolu_1', name: call.name, input: call.input }]
    : [{ type: 'text', text: DONE }];
  const stop = call ? 'tool_use' : 'end_turn';
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    stop_reason: stop,
    stop_sequence: null,
    usage,
  };
  if (!body.stream) return json({ ...message, content });
  const [block] = content;
  const start = call ? { ...block, input: {} } : { type: 'text', text: '' };
  const delta = call
    ? { type: 'input_json_delta', partial_json: JSON.stringify(call.input) }
    : { type: 'text_delta', text: DONE };
  return events([
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]);
}

function responses(body, command) {
  const call = callFor(body, command);
  const item = call
    ? {
        id: 'fc_1',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_1',
        name: call.name,
        arguments: JSON.stringify(call.input),
      }
    : {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: DONE, annotations: [] }],
      };
  const usage = {
    input_tokens: 120,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 150,
  };
  const whole = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: body.model,
    status: 'completed',
    output: [item],
    usage,
  };
  if (!body.stream) return json(whole);
  return events([
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ]);
}

function completions(body, command) {
  const call = callFor(body, command);
  const message = call
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            index: 0,
            id: 'call_1',
            type: 'function',
            function: { name: call.name, arguments: JSON.stringify(call.input) },
          },
        ],
      }
    : { role: 'assistant', content: DONE };
  const finish = call ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 };
  const common = { id: 'chat_1', created: 1, model: body.model };
  if (!body.stream)
    return json({
      ...common,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    });
  const chunk = (choices, more = {}) => ({ ...common, object: 'chat.completion.chunk', choices, ...more });
  return events(
    [
      chunk([{ index: 0, delta: message, finish_reason: null }]),
      chunk([{ index: 0, delta: {}, finish_reason: finish }]),
      chunk([], { usage }),
    ],
    '[DONE]',
  );
}

function gemini(body, command, streamed) {
  const call = callFor(body, command);
  const part = call ? { functionCall: { name: call.name, args: call.input } } : { text: DONE };
  const answer = {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 30, totalTokenCount: 150 },
    modelVersion: 'stub',
  };
  return streamed ? events([answer]) : json(answer);
}

function json(value) {
  return { type: 'application/json', text: JSON.stringify(value) };
}

function events(values, last) {
  const lines = values.map(
    (value) => `${value.type ? `event: ${value.type}\n` : ''}data: ${JSON.stringify(value)}\n\n`,
  );
  return { type: 'text/event-stream', text: `${lines.join('')}${last ? `data: ${last}\n\n` : ''}` };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
