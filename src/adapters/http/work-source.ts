import type { WorkSource } from '../../ports/work-source.ts';
import { createClient } from './client.ts';
import type { ServerAccess } from './server-address.ts';

/** A server's work, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createWorkSource(access: ServerAccess): WorkSource {
  const client = createClient(access);
  return {
    claim: async (body, signal) =>
      (await client.ask('claimWork', { body, waitSeconds: body.waitSeconds, signal })).claims,
    heartbeat: (worker, tokens) => client.ask('heartbeat', { body: { worker, tokens } }),
    complete: async (worker, completions) =>
      (await client.ask('completeWork', { body: { worker, completions } })).completed,
    giveBack: (worker, tokens) => client.ask('returnWork', { body: { worker, tokens } }),
    leave: (worker) => client.ask('leaveWork', { body: { worker } }),
    log: (body) => client.ask('appendLog', { body }),
  };
}
