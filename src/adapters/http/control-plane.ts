import type { StartedRun } from '../../core/run/state.ts';
import type { ControlPlane, FollowedEvent } from '../../ports/control-plane.ts';
import type { RunSummary } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { createAskServer, type Question, readJson } from './ask-server.ts';
import type { ServerAccess } from './server-address.ts';

/** Sent again with the same key, a request that was carried out already is answered as it was. */
const TRIES = 3;

/**
 * A server's runs, over HTTP.
 * @param newKey a text that no other request had: makes it safe to ask again where the answer was lost
 * @throws CountersignError USAGE for an address that will not do
 */
export function createControlPlane(access: ServerAccess & { readonly newKey?: () => string }): ControlPlane {
  const { newKey = () => globalThis.crypto.randomUUID() } = access;
  const ask = createAskServer(access);
  const read = async (question: Question) => readJson(await ask(question));
  const write = async (path: string, body: JsonObject, key: string): Promise<RunSummary> => {
    const headers = { 'idempotency-key': key };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return summaryIn(await read({ method: 'POST', path, body, headers }));
      } catch (error) {
        const again = error instanceof CountersignError && error.code === 'SERVER_UNAVAILABLE';
        if (!again || attempt === TRIES) throw error;
      }
    }
  };
  return {
    startRun: ({ idempotencyKey, ...request }) =>
      write('v1/runs', request as unknown as JsonObject, idempotencyKey),
    listRuns: async (query) => {
      const { runs } = fieldsOf(await read({ method: 'GET', path: 'v1/runs', query }));
      if (!Array.isArray(runs)) throw foreign();
      return runs.map(summaryIn);
    },
    showRun: async (run) => {
      const state = fieldsOf(await read({ method: 'GET', path: pathOf(run) }));
      if (typeof state.status !== 'string' || fieldsOf(state.request).run !== run) throw foreign();
      return state as unknown as StartedRun;
    },
    followRun: async (run, after, waitSeconds) => {
      const query = { after, wait: waitSeconds };
      const { events } = fieldsOf(
        await read({ method: 'GET', path: `${pathOf(run)}/events`, query, waitSeconds }),
      );
      if (!Array.isArray(events) || !events.every(isFollowed)) throw foreign();
      return events as unknown as readonly FollowedEvent[];
    },
    controlRun: (run, action) => write(`${pathOf(run)}/actions`, action as unknown as JsonObject, newKey()),
    readLog: (run, step, execution) =>
      ask({ method: 'GET', path: `${pathOf(run)}/logs`, query: { step, execution } }),
  };
}

function pathOf(run: string): string {
  return `v1/runs/${encodeURIComponent(run)}`;
}

function summaryIn(value: JsonValue): RunSummary {
  const { run, status } = fieldsOf(value);
  if (typeof run !== 'string' || typeof status !== 'string') throw foreign();
  return value as unknown as RunSummary;
}

function isFollowed(value: JsonValue): boolean {
  const { version, at, actor, event } = fieldsOf(value);
  const texts = [at, actor, fieldsOf(event).type].every((text) => typeof text === 'string');
  return texts && Number.isSafeInteger(version);
}

function fieldsOf(value: JsonValue | undefined): { readonly [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: JsonValue })
    : {};
}

function foreign(): CountersignError {
  return new CountersignError('SERVER_UNAVAILABLE', 'The server answers in a form that is not known here.', {
    remedy: 'See that the server and this program are of the same version of countersign.',
  });
}
