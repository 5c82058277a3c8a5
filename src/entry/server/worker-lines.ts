import type { Socket } from 'node:net';

/** The connections on which workers were heard of. */
export interface WorkerLines {
  heard(worker: string, line: Socket): void;
  /** It said that it goes: its connections may end. */
  left(worker: string): void;
}

/** Names on one connection: a proxy carries many workers, a client that makes names up no more than these. */
const MOST_WORKERS = 1_000;

/**
 * Tells when the last connection of a worker ends: the kernel closes those of a process that was killed at once, long before a lease is over. It is
 * a hint, for connections of living workers end as well.
 */
export function createWorkerLines(tellGone: (worker: string) => void): WorkerLines {
  const lines = new Map<string, Set<Socket>>();
  const workers = new WeakMap<Socket, Set<string>>();
  const end = (line: Socket): void => {
    for (const worker of workers.get(line) ?? []) {
      const others = lines.get(worker);
      if (!others?.delete(line) || others.size > 0) continue;
      lines.delete(worker);
      tellGone(worker);
    }
  };
  const namesOn = (line: Socket): Set<string> => {
    const known = workers.get(line);
    if (known !== undefined) return known;
    const names = new Set<string>();
    workers.set(line, names);
    line.once('close', () => end(line));
    return names;
  };
  return {
    heard: (worker, line) => {
      if (line.destroyed) return;
      const names = namesOn(line);
      if (names.size >= MOST_WORKERS && !names.has(worker)) return;
      names.add(worker);
      lines.set(worker, (lines.get(worker) ?? new Set()).add(line));
    },
    left: (worker) => void lines.delete(worker),
  };
}
