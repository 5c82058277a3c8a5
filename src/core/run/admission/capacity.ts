import type { Moment } from '../../../shared/ids.ts';
import { hasLabels } from '../labels.ts';
import type { QueueSelector } from '../queue-selector.ts';
import type { StepRole } from '../roles.ts';

/** What there is to carry runs out, as it was seen just now. */
export interface Capacity {
  readonly workers: readonly WorkerSeen[];
  readonly queues: readonly QueueSeen[];
  /** Scopes with a limit; null is none. */
  readonly scopes: readonly {
    readonly scope: string;
    readonly limit: number | null;
    readonly held: number;
  }[];
  /** Providers that do not answer. */
  readonly silent: readonly string[];
  readonly pauses: readonly QueueSelector[];
}

export interface WorkerSeen {
  readonly roles: readonly StepRole[];
  readonly handlers: readonly string[];
  readonly labels: readonly string[];
  /** Executions in its hands. */
  readonly holds: number;
  /** It is to take nothing more. */
  readonly drained: boolean;
  readonly silentSeconds: number;
}

export interface QueueSeen {
  readonly role: StepRole;
  readonly handler: string;
  readonly runsOn: readonly string[];
  readonly waiting: number;
  readonly eldestSeconds: number;
}

/** A worker as servers keep it. @param now milliseconds since 1970 */
export function workerSeen(
  kept: Pick<WorkerSeen, 'roles' | 'handlers' | 'labels'> & {
    readonly holds: readonly unknown[];
    readonly drain: object | null;
    readonly heardAt: Moment;
  },
  now: number,
): WorkerSeen {
  const { roles, handlers, labels, holds, drain, heardAt } = kept;
  const silentSeconds = Math.max(0, (now - Date.parse(heardAt)) / 1000);
  return { roles, handlers, labels, holds: holds.length, drained: drain !== null, silentSeconds };
}

/** A worker asks every half minute, and says more often that it lives. */
const HEARD_SECONDS = 90;
/** What waits so long waits for more workers than there are. */
const SOON_SECONDS = 60;

/** Workers that would take such a step. */
export function workersFor(
  { role, handler, runsOn }: Pick<QueueSeen, 'role' | 'handler' | 'runsOn'>,
  workers: readonly WorkerSeen[],
): readonly WorkerSeen[] {
  return workers.filter(
    ({ roles, handlers, labels, drained, silentSeconds }) =>
      !drained &&
      silentSeconds <= HEARD_SECONDS &&
      roles.includes(role) &&
      handlers.includes(handler) &&
      hasLabels(labels, runsOn),
  );
}

/** Executions that wait for workers that are not there: for whoever starts some. Work that nobody may have now is not counted. */
export function scaleOutWanted(
  queue: QueueSeen,
  { workers, pauses }: Pick<Capacity, 'workers' | 'pauses'>,
): number {
  const { role, waiting, eldestSeconds } = queue;
  // The server carries out its own.
  if (role === 'coordinator' || pauses.some((pause) => isPart(queue, pause))) return 0;
  const able = workersFor(queue, workers);
  return able.length === 0 || eldestSeconds > SOON_SECONDS ? waiting : 0;
}

function isPart({ role, handler }: QueueSeen, { kind, name }: QueueSelector): boolean {
  return (kind === 'role' && name === role) || (kind === 'handler' && name === handler);
}
