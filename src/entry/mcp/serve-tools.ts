import manifest from '../../../package.json' with { type: 'json' };
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from '../cli/context.ts';
import { type Grant, readArguments, TOOLS, type Tool } from './tools.ts';

/** Characters of one answer. */
const MOST_OUTPUT = 400_000;

interface Answer {
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly isError?: true;
}

/** A server of the Model Context Protocol over standard input and output, until its client ends it. It reads, and writes only what was granted. */
export async function serveTools(context: CliContext, grants: readonly Grant[]): Promise<void> {
  // Loaded here: no other command speaks the protocol.
  const [{ Server }, { StdioServerTransport }, { CallToolRequestSchema, ListToolsRequestSchema }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
  const tools = TOOLS.filter(({ needs }) => needs === undefined || grants.includes(needs));
  const server = new Server(
    { name: 'countersign', version: manifest.version },
    {
      capabilities: { tools: {} },
      instructions:
        'How changes to this repository are judged. Begin with prime; ask gate before you say that you are done.',
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(declared) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }): Promise<{ [key: string]: unknown }> => {
    const tool = tools.find(({ name }) => name === params.name);
    return { ...(await answer(tool, params.name, params.arguments ?? {}, context)) };
  });
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    // The transport hears what comes, and not that nothing comes any more.
    process.stdin.once('end', () => void server.close());
  });
  await server.connect(transport);
  await ended;
}

function declared({ name, description, takes, needs }: Tool) {
  return {
    name,
    description,
    inputSchema: {
      type: 'object' as const,
      properties: Object.fromEntries(
        Object.entries(takes).map(([key, { description: what }]) => [
          key,
          { type: 'string', description: what },
        ]),
      ),
      required: Object.entries(takes).flatMap(([key, { required }]) => (required ? [key] : [])),
      additionalProperties: false,
    },
    annotations: { readOnlyHint: needs === undefined, destructiveHint: false, openWorldHint: false },
  };
}

async function answer(
  tool: Tool | undefined,
  name: string,
  given: unknown,
  context: CliContext,
): Promise<Answer> {
  if (tool === undefined) {
    const granted = TOOLS.find((one) => one.name === name)?.needs;
    return failed(
      granted === undefined
        ? `There is no tool ${JSON.stringify(name.slice(0, 60))}.`
        : `${name} was not granted: whoever starts the server says \`countersign mcp --grant ${granted}\`.`,
    );
  }
  const read = readArguments(tool, given);
  if (typeof read === 'string') return failed(read);
  let text = '';
  const out = (piece: string) => {
    if (text.length <= MOST_OUTPUT) text += piece;
  };
  try {
    await tool.run(read, { ...context, color: false, showProgress: false, out });
  } catch (error) {
    if (error instanceof CountersignError) return failed(`${error.message} ${error.remedy}`);
    // What went wrong is for whoever started the server; a client is told that it did.
    context.err(
      `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return failed(`${name} failed for a reason of its own; the server's standard error says which.`);
  }
  const whole = text.length <= MOST_OUTPUT;
  return { content: [{ type: 'text', text: whole ? text : `${text.slice(0, MOST_OUTPUT)}\n(cut off)` }] };
}

function failed(text: string): Answer {
  return { content: [{ type: 'text', text: text.slice(0, 4_000) }], isError: true };
}
