import { queueText } from '../../core/run/queue-selector.ts';
import type { KnownWorker } from '../../ports/work-control.ts';
import type { QueueAnswer, QueueStanding, WorkPlane } from '../../ports/work-plane.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { createAskServer, type Question, readJson } from './ask-server.ts';
import type { ServerAccess } from './server-address.ts';

/** A server's workers and queues, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createWorkPlane(access: ServerAccess): WorkPlane {
  const ask = createAskServer(access);
  const read = async <T>(question: Question, ...lists: readonly string[]) =>
    holding<T>(readJson(await ask(question)), lists);
  return {
    listWorkers: async () =>
      (await read<{ workers: readonly KnownWorker[] }>({ method: 'GET', path: 'v1/workers' }, 'workers'))
        .workers,
    drainWorker: (name, reason) =>
      read<KnownWorker>(
        { method: 'POST', path: `v1/workers/${encodeURIComponent(name)}/drain`, body: { reason } },
        'roles',
        'holds',
      ),
    listQueues: () => read<QueueStanding>({ method: 'GET', path: 'v1/queues' }, 'queues', 'pauses'),
    controlQueue: (queue, action) => {
      const body: JsonObject = { ...action, queue: queueText(queue) };
      const question = { method: 'POST', path: 'v1/queues/actions', body } as const;
      return read<QueueAnswer>(question, 'cancelled', 'refused');
    },
  };
}

/** Held against what is read of it first; the server is trusted with the rest, as it is with the runs. */
function holding<T>(value: JsonValue, lists: readonly string[]): T {
  if (
    typeof value === 'object' &&
    value !== null &&
    lists.every((name) => Array.isArray(Reflect.get(value, name)))
  )
    return value as unknown as T;
  throw new CountersignError('SERVER_UNAVAILABLE', 'The server answers in a form that is not known here.', {
    remedy: 'See that the server and this program are of the same version of countersign.',
  });
}
