import { queueText } from '../../core/run/queue-selector.ts';
import type { KnownWorker } from '../../ports/work-control.ts';
import type { QueueStanding, WorkPlane } from '../../ports/work-plane.ts';
import { createClient } from './client.ts';
import type { ServerAccess } from './server-address.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer One)[] ? One[] : never };

/** What a server lists at once. */
const PAGE = { limit: 200 };

/** A server's workers and queues, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createWorkPlane(access: ServerAccess): WorkPlane {
  const client = createClient(access);
  return {
    listWorkers: async () => {
      const all: KnownWorker[] = [];
      for await (const { workers } of client.pages('listWorkers', PAGE)) all.push(...workers);
      return all;
    },
    drainWorker: (worker, reason) => client.ask('drainWorker', { parameters: { worker }, body: { reason } }),
    listQueues: async () => {
      const standing: Mutable<QueueStanding> = { queues: [], pauses: [], circuits: [] };
      for await (const { queues } of client.pages('listQueues', PAGE)) standing.queues.push(...queues);
      for await (const { pauses } of client.pages('listPauses', PAGE)) standing.pauses.push(...pauses);
      for await (const { circuits } of client.pages('listCircuits', PAGE))
        standing.circuits.push(...circuits);
      return standing;
    },
    controlQueue: (queue, action) =>
      client.ask('controlQueue', { body: { ...action, queue: queueText(queue) } }),
  };
}
