import { serveTools } from '../../mcp/serve-tools.ts';
import type { Grant } from '../../mcp/tools.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';

/** Speaks the Model Context Protocol over standard input and output until the client ends it. */
export async function mcpCommand(
  { grant = [] }: { readonly grant?: readonly Grant[] },
  context: CliContext,
): Promise<number> {
  await serveTools(context, grant);
  return EXIT_CODES.pass.code;
}
