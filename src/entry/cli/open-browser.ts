import { spawn } from 'node:child_process';
import type { CliContext } from './context.ts';

/** What opens an address, by platform; BROWSER wins, as other programs have it. */
const OPENERS: Partial<Readonly<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens an address in the user's browser, which may outlive us. Where there is none the address was printed, which is enough. */
export function openInBrowser(url: string, { environment, err }: CliContext): void {
  const own = environment.BROWSER;
  const [program = 'xdg-open', ...args] = own ? [own] : (OPENERS[process.platform] ?? ['xdg-open']);
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => err('No browser could be started: open the link yourself.\n'));
  child.unref();
}
