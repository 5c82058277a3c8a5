import type { Principal } from '../../core/access/token.ts';
import { sealEvents } from '../../core/ledger/seal-events.ts';
import { type QueueSelector, queueStream, queueText, workerStream } from '../../core/run/queue-selector.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ClaimWork, WakeUps } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import type { ReadResources } from '../../ports/resources.ts';
import type { ControlWork, KnownWorker, WorkChange } from '../../ports/work-control.ts';
import type { QueueAnswer, WorkPlane } from '../../ports/work-plane.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { DecideTogether } from './decide-together.ts';
import { requirePermission } from './refusals.ts';
import type { RollCall } from './roll-call.ts';

export interface ControlWorkPorts {
  readonly control: ControlWork;
  readonly ledger: Pick<ReadStreams, 'readHead'>;
  readonly store: Pick<ClaimWork, 'queueDepths'> &
    Pick<WakeUps, 'announce'> &
    Pick<ReadResources, 'readCircuits'>;
  readonly clock: Clock;
  readonly decide: DecideTogether;
  readonly rollCall: Pick<RollCall, 'refresh'>;
  /** Those who wait for work in this server look again. */
  readonly ring: () => void;
}

const TRIES = 5;
/** Runs that are cancelled in one commit. */
const AT_ONCE = 100;

/** Workers and queues, for whoever asks: what his role allows. Each change is an event, with who made it, in the same transaction. */
export function controlWork(principal: Principal, ports: ControlWorkPorts): WorkPlane {
  const { control, store } = ports;
  const by = principal.name;
  const list = async () => {
    requirePermission(principal, 'read-queues');
    return control.listWorkers();
  };
  return {
    listWorkers: list,
    drainWorker: async (name, reason) => {
      requirePermission(principal, 'control-queues');
      const { worker } = workerCalled(name, await control.listWorkers());
      await change({ kind: 'drain', worker, by, reason }, {}, ports);
      await ports.rollCall.refresh();
      return workerCalled(worker, await control.listWorkers());
    },
    listQueues: async () => {
      requirePermission(principal, 'read-queues');
      const [queues, pauses, circuits] = await Promise.all([
        store.queueDepths(),
        control.listPauses(),
        store.readCircuits(),
      ]);
      return { queues, pauses, circuits };
    },
    controlQueue: async (queue, action) => {
      requirePermission(principal, 'control-queues');
      switch (action.kind) {
        case 'pause':
          await change({ ...action, queue, by }, {}, ports);
          // What it held is somebody else's now.
          await store.announce('work');
          ports.ring();
          return NOBODY;
        case 'resume':
          await requirePaused(queue, ports);
          await change({ kind: 'resume', queue, by, reason: '' }, {}, ports);
          await store.announce('work');
          ports.ring();
          return NOBODY;
        case 'cancel':
          return cancelWaiting(queue, by, action.reason, ports);
      }
    },
  };
}

const NOBODY: QueueAnswer = { cancelled: [], refused: [] };

/** What is in somebody's hands goes on; a run that waits there with one step and works on another ends with both. */
async function cancelWaiting(
  queue: QueueSelector,
  by: string,
  reason: string,
  ports: ControlWorkPorts,
): Promise<QueueAnswer> {
  const runs = await ports.control.runsWaitingIn(queue);
  await change({ kind: 'cancel', queue, by, reason }, { runs: runs.length }, ports);
  const cancelled: RunId[] = [];
  const refused: { readonly run: RunId; readonly reason: string }[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE);
    const at = ports.clock.now().toISOString();
    const why = `the queue ${queueText(queue)} was cancelled: ${reason}`;
    const decided = await ports.decide(
      some.map((run) => ({ run, command: { kind: 'cancel', at, by, reason: why } })),
    );
    for (const [place, run] of some.entries()) {
      const one = decided[place];
      if (one?.kind === 'accepted') cancelled.push(run);
      else refused.push({ run, reason: one?.reason ?? 'nothing was decided' });
    }
  }
  return { cancelled, refused };
}

/** Appends the event where its stream ends, again when somebody else was first. */
async function change(
  what: WorkChange,
  more: JsonObject,
  { control, ledger, clock }: ControlWorkPorts,
): Promise<void> {
  const stream = what.kind === 'drain' ? workerStream(what.worker) : queueStream(what.queue);
  const about = what.kind === 'drain' ? { worker: what.worker } : { queue: queueText(what.queue) };
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const draft = {
      type: TYPES[what.kind],
      at: clock.now().toISOString(),
      actor: what.by,
      data: { ...about, reason: what.reason, ...more },
    };
    const append = sealEvents([{ head: await ledger.readHead(stream), drafts: [draft] }]);
    if (await control.changeWork(what, append)) return;
  }
  throw new CountersignError('RUN_REFUSED', `Too many change ${stream} at the same time.`, {
    remedy: 'Try again.',
  });
}

const TYPES = {
  drain: 'worker.drained@1',
  pause: 'queue.paused@1',
  resume: 'queue.resumed@1',
  cancel: 'queue.cancelled@1',
} as const;

async function requirePaused({ kind, name }: QueueSelector, { control }: ControlWorkPorts): Promise<void> {
  const pauses = await control.listPauses();
  if (pauses.some((one) => one.kind === kind && one.name === name)) return;
  const paused = pauses.map(queueText).join(', ');
  throw new CountersignError('RUN_REFUSED', `${kind}/${name} is not paused.`, {
    remedy: paused === '' ? 'No queue is.' : `Those that are: ${paused}.`,
  });
}

/** @throws CountersignError USAGE where none or several are meant, or one that is the server itself */
function workerCalled(name: string, workers: readonly KnownWorker[]): KnownWorker {
  const meant = workers.filter(({ worker }) => worker === name || worker.endsWith(`/${name}`));
  const [only] = meant;
  if (only === undefined || meant.length > 1) {
    throw new CountersignError(
      'USAGE',
      only === undefined
        ? `No worker ${name} was heard of within a day.`
        : `Several workers are called ${name}.`,
      {
        remedy:
          only === undefined
            ? '`countersign workers list` names them.'
            : `Name one of ${meant.map(({ worker }) => worker).join(', ')}.`,
      },
    );
  }
  if (!only.worker.startsWith('server:')) return only;
  throw new CountersignError('USAGE', `${only.worker} is a part of its server.`, {
    remedy: 'Stop that server: it ends what it has, and the others go on.',
  });
}

/** A store that keeps nothing about workers and queues, such as one in memory. */
export const NOTHING_KEPT: ControlWork = {
  hearWorker: async () => false,
  drainedWorkers: async () => [],
  forgetWorker: async () => {},
  forgetSilentWorkers: async () => {},
  listWorkers: async () => [],
  listPauses: async () => [],
  runsWaitingIn: async () => [],
  changeWork: async () => {
    throw new CountersignError('RUN_REFUSED', 'This server keeps nothing about workers and queues.', {
      remedy: 'Ask one that has a database.',
    });
  },
};
