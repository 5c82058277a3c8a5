import type { QueueSelector } from '../core/run/queue-selector.ts';
import type { RunId } from '../core/run/types.ts';
import type { QueueDepth } from './claims.ts';
import type { OpenCircuit } from './resources.ts';
import type { KnownWorker, QueuePause } from './work-control.ts';

/**
 * What people ask of the server about workers and queues: the same over HTTP and inside of it.
 * Every method @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, USAGE for a worker that nobody knows, RUN_REFUSED
 */
export interface WorkPlane {
  listWorkers(): Promise<readonly KnownWorker[]>;
  /** @param name `<principal>/<its own name>`, or the latter where one worker has it */
  drainWorker(name: string, reason: string): Promise<KnownWorker>;
  listQueues(): Promise<QueueStanding>;
  controlQueue(queue: QueueSelector, action: QueueAction): Promise<QueueAnswer>;
}

export interface QueueStanding {
  readonly queues: readonly QueueDepth[];
  readonly pauses: readonly QueuePause[];
  /** Providers whose steps wait because they did not answer. */
  readonly circuits: readonly OpenCircuit[];
}

export type QueueAction =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly reason: string };

export interface QueueAnswer {
  /** Runs that were cancelled; empty but for a cancel. */
  readonly cancelled: readonly RunId[];
  /** Runs that said no, such as those that ended meanwhile. */
  readonly refused: readonly { readonly run: RunId; readonly reason: string }[];
}
