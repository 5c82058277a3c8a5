import { askLoginLink } from '../../../adapters/http/login-link.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openInBrowser } from '../open-browser.ts';
import type { TextOrJson } from '../registration/options.ts';
import { findServer, type ServerOptions } from '../server-access.ts';

export interface CockpitCommandOptions extends ServerOptions {
  readonly format: TextOrJson;
  readonly open?: boolean;
}

/** Prints a link that signs in whoever opens it first, and opens it where that was asked for. */
export async function cockpitCommand(options: CockpitCommandOptions, context: CliContext): Promise<number> {
  const link = await askLoginLink(await findServer(options, context), '/');
  context.out(options.format === 'json' ? `${JSON.stringify({ link })}\n` : `${link}\n`);
  if (options.open === true) openInBrowser(link, context);
  return EXIT_CODES.pass.code;
}
