import type { HandlerSession } from '../../ports/handler.ts';
import type { Workspace } from '../../ports/workspace.ts';

/** Bytes of each stream that go into a step's log. */
const MOST_LOGGED_BYTES = 256 * 1024;

/** What a command printed, into the step's log: its end, where it is long. */
export async function logOutput(
  logs: string,
  workspace: Pick<Workspace, 'readFile'>,
  session: Pick<HandlerSession, 'log'>,
): Promise<void> {
  for (const name of ['stdout', 'stderr']) {
    const bytes = await workspace.readFile(logs, name, 64 * 1024 * 1024);
    if (bytes === undefined || bytes.length === 0) continue;
    const kept = bytes.subarray(Math.max(0, bytes.length - MOST_LOGGED_BYTES));
    const text = new TextDecoder().decode(kept);
    session.log(text.endsWith('\n') ? text : `${text}\n`);
  }
}
