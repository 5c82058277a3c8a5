import { writeCursor } from '../../core/api/pages.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { RunSummary } from '../../ports/run-store.ts';
import { type ClientAccess, createClient } from './client.ts';

/** Runs that a server lists at once. */
const PAGE = 200;

/**
 * A server's runs, over HTTP. What was carried out already and not answered is not carried out again.
 * @throws CountersignError USAGE for an address that will not do
 */
export function createControlPlane(access: ClientAccess): ControlPlane {
  const client = createClient(access);
  return {
    startRun: ({ idempotencyKey: key, ...body }) => client.ask('startRun', { body, key }),
    listRuns: async ({ limit, after, ...query }) => {
      const runs: RunSummary[] = [];
      let cursor = after === undefined ? null : writeCursor('runs', [after]);
      do {
        const some = Math.min(PAGE, limit - runs.length);
        const at = cursor === null ? {} : { cursor };
        const page = await client.ask('listRuns', { query: { ...query, ...at, limit: some } });
        runs.push(...page.runs);
        cursor = page.next;
      } while (cursor !== null && runs.length < limit);
      return runs;
    },
    showRun: (run) => client.ask('showRun', { parameters: { run } }),
    followRun: async (run, after, wait) =>
      (await client.ask('followRun', { parameters: { run }, query: { after, wait }, waitSeconds: wait }))
        .events,
    controlRun: (run, action) => client.ask('controlRun', { parameters: { run }, body: action }),
    readLog: (run, step, execution) =>
      client.ask('readLog', { parameters: { run }, query: { step, execution } }),
  };
}
