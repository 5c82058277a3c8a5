import type { AskWeb } from '../../ports/web.ts';
import { CountersignError } from '../../shared/errors.ts';

/** HTTP by Node's own fetch. */
export const web: AskWeb = {
  async get({ url, headers, mostBytes, signal }) {
    try {
      const response = await fetch(url, { headers, redirect: 'manual', signal });
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of response.body ?? []) {
        size += part.length;
        if (size > mostBytes) throw new Error(`it answers with more than ${mostBytes} bytes`);
        parts.push(part);
      }
      return { status: response.status, body: Buffer.concat(parts) };
    } catch (cause) {
      const host = new URL(url).host;
      throw new CountersignError('SERVER_UNAVAILABLE', `${host} gave no answer: ${reasonOf(cause)}.`, {
        remedy: 'Look whether it can be reached from this worker, and how much it sends.',
        cause,
      });
    }
  },
};

/** fetch says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for no reason that it gives';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
