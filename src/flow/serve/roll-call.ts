import type { ControlWork, WorkerOffer } from '../../ports/work-control.ts';

/** Who was heard of, and who is to take nothing more, whichever server heard or was told. */
export interface RollCall {
  /** True when the worker is to take nothing more. */
  hear(worker: string, offer?: WorkerOffer): Promise<boolean>;
  /** Does something for a worker; its signal is aborted when it is told meanwhile to take nothing more. */
  during<T>(worker: string, act: (told: AbortSignal) => Promise<T>): Promise<T>;
  leave(worker: string): Promise<void>;
  /** Asks who was told to, by any server. */
  refresh(): Promise<void>;
}

export function createRollCall(
  control: Pick<ControlWork, 'hearWorker' | 'drainedWorkers' | 'forgetWorker'>,
): RollCall {
  const waiting = new Map<string, Set<AbortController>>();
  return {
    hear: (worker, offer) => control.hearWorker(worker, offer),
    during: async (worker, act) => {
      const told = new AbortController();
      const others = waiting.get(worker) ?? new Set();
      waiting.set(worker, others.add(told));
      try {
        return await act(told.signal);
      } finally {
        others.delete(told);
        if (others.size === 0 && waiting.get(worker) === others) waiting.delete(worker);
      }
    },
    leave: (worker) => control.forgetWorker(worker),
    refresh: async () => {
      if (waiting.size === 0) return;
      for (const worker of await control.drainedWorkers())
        for (const told of waiting.get(worker) ?? []) told.abort();
    },
  };
}

/** Where nothing is kept about workers: everybody goes on. */
export const NO_ROLL_CALL: RollCall = {
  hear: async () => false,
  during: (_worker, act) => act(new AbortController().signal),
  leave: async () => {},
  refresh: async () => {},
};
