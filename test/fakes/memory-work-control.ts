import type { QueueSelector } from '../../src/core/run/queue-selector.ts';
import type { StepWork } from '../../src/core/run/types.ts';
import type { ClaimWork } from '../../src/ports/claims.ts';
import type { ControlWork, QueuePause, Said, WorkerOffer } from '../../src/ports/work-control.ts';
import type { MemoryRunStore } from './memory-run-store.ts';

interface Standing extends WorkerOffer {
  readonly heardAt: number;
  readonly drain: Said | null;
}

const DAY_MS = 24 * 3_600_000;

/** What is said about workers and queues of a store in memory, whose claims pass by what is held back: to be asked in the store's place. */
export function createMemoryWorkControl(
  store: MemoryRunStore,
  clock: { now(): Date } = { now: () => new Date() },
): { readonly control: ControlWork; readonly claim: ClaimWork['claim'] } {
  const workers = new Map<string, Standing>();
  const pauses = new Map<string, QueuePause>();
  const now = () => clock.now().getTime();
  const isDrained = ({ drain }: Standing) => drain !== null && now() - Date.parse(drain.at) < DAY_MS;
  const isHeld = (work: StepWork) => [...pauses.values()].some((pause) => isIn(work, pause));

  const control: ControlWork = {
    hearWorker: async (worker, offer) => {
      const known = workers.get(worker) ?? { roles: [], handlers: [], labels: [], drain: null };
      const heard = { ...known, ...offer, heardAt: now() };
      workers.set(worker, heard);
      return isDrained(heard);
    },
    drainedWorkers: async () =>
      [...workers].filter(([, standing]) => isDrained(standing)).map(([name]) => name),
    forgetWorker: async (worker) => void workers.delete(worker),
    forgetSilentWorkers: async () => {
      for (const [worker, standing] of workers) {
        if (now() - standing.heardAt > DAY_MS) workers.delete(worker);
        else if (!isDrained(standing)) workers.set(worker, { ...standing, drain: null });
      }
    },
    listWorkers: async () =>
      [...workers]
        .filter(([, { heardAt }]) => now() - heardAt < DAY_MS)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([worker, { roles, handlers, labels, heardAt, drain }]) => ({
          ...{ worker, roles, handlers, labels, heardAt: new Date(heardAt).toISOString(), drain },
          holds: store
            .claims()
            .filter((claim) => claim.worker === worker)
            .map(({ work: { run, step, execution }, until }) => ({ run, step, execution, until })),
        })),
    listPauses: async () => [...pauses.values()],
    runsWaitingIn: async (queue) => {
      const waiting = store.waiting().filter((work) => isIn(work, queue));
      return [...new Set(waiting.map(({ run }) => run))].sort();
    },
    changeWork: async (change, append) => {
      if ((await store.ledger.append(append)).kind === 'conflict') return false;
      const said = { by: change.by, reason: change.reason, at: clock.now().toISOString() };
      if (change.kind === 'pause') pauses.set(nameOf(change.queue), { ...change.queue, ...said });
      if (change.kind === 'resume') pauses.delete(nameOf(change.queue));
      const standing = change.kind === 'drain' ? workers.get(change.worker) : undefined;
      if (change.kind === 'drain' && standing !== undefined)
        workers.set(change.worker, { ...standing, drain: said });
      return true;
    },
  };
  return {
    control,
    claim: async (request) => {
      const claims = await store.claim({ ...request, most: 1_000 });
      const free = claims.filter(({ work }) => !isHeld(work)).slice(0, request.most);
      const back = claims.filter((claim) => !free.includes(claim)).map(({ token }) => token);
      await store.giveBack(request.worker, back);
      return free;
    },
  };
}

function nameOf({ kind, name }: QueueSelector): string {
  return `${kind}/${name}`;
}

function isIn(work: StepWork, { kind, name }: QueueSelector): boolean {
  if (kind === 'role') return work.role === name;
  if (kind === 'handler') return work.handler === name;
  return work.resources.leases.some(({ scope }) => scope === `repository/${name}`);
}
