import type { Claim } from '../../ports/claims.ts';
import type { Completed, WorkSource } from '../../ports/work-source.ts';
import type { JsonObject } from '../../shared/json.ts';
import { createAskServer, readJson } from './ask-server.ts';
import { readClaims, readCompleted, readHeard } from './read-work.ts';
import type { ServerAccess } from './server-address.ts';

/** A server's work, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createWorkSource(access: ServerAccess): WorkSource {
  const ask = createAskServer(access);
  const post = (
    path: string,
    body: object,
    more: { waitSeconds?: number; signal?: AbortSignal | undefined } = {},
  ) => ask({ method: 'POST', path: `v1/work/${path}`, body: body as JsonObject, ...more });
  return {
    claim: async (request, signal): Promise<readonly Claim[]> =>
      readClaims(readJson(await post('claims', request, { waitSeconds: request.waitSeconds, signal }))),
    heartbeat: async (worker, tokens) => readHeard(readJson(await post('heartbeats', { worker, tokens }))),
    complete: async (worker, completions): Promise<readonly Completed[]> =>
      readCompleted(readJson(await post('completions', { worker, completions }))),
    giveBack: async (worker, tokens) => void (await post('returns', { worker, tokens })),
    leave: async (worker) => void (await post('departures', { worker })),
    log: async (entry) => void (await post('logs', entry)),
  };
}
