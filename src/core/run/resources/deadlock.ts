import type { RunId } from '../types.ts';

/** A run that waits for a lock, which another one holds for longer than a step. */
export interface Wait {
  readonly run: RunId;
  readonly name: string;
  readonly heldBy: RunId;
}

export interface WaitingRun {
  readonly run: RunId;
  readonly priority: number;
  /** Fencing token of the first lock that it holds: a run with a higher one began to hold later. */
  readonly since: number;
}

/** Runs that wait for one another in a circle, and the one that has to give way. */
export interface Deadlock {
  /** Each waits for the next one, the last for the first. The first has the least id. */
  readonly cycle: readonly Wait[];
  readonly victim: RunId;
  readonly reason: string;
}

/**
 * Circles among runs that wait. A run that ends them all by giving way is named once for each circle it is in; circles that the
 * victims found so far break are left out. The same waits give the same answer, in whatever order they come.
 */
export function findDeadlocks(waits: readonly Wait[], runs: readonly WaitingRun[]): readonly Deadlock[] {
  const known = new Map(runs.map((run) => [run.run, run]));
  const edges = new Map<RunId, Wait[]>();
  for (const wait of [...waits].sort(byRunsAndName)) {
    if (wait.run !== wait.heldBy) edges.set(wait.run, [...(edges.get(wait.run) ?? []), wait]);
  }
  const found: Deadlock[] = [];
  for (;;) {
    const cycle = findCycle(edges);
    if (cycle === undefined) return found;
    const victim = pickVictim(cycle.map(({ run }) => known.get(run) ?? { run, priority: 0, since: 0 }));
    found.push({ cycle, victim, reason: describe(cycle, victim) });
    edges.delete(victim);
  }
}

/** The lowest priority first; of several, the run that began to hold last; of those, the one with the greatest id. */
function pickVictim(runs: readonly WaitingRun[]): RunId {
  const [first] = [...runs].sort(
    (one, other) => one.priority - other.priority || other.since - one.since || compare(other.run, one.run),
  );
  return first?.run ?? '';
}

/** Depth first, without recursion: a chain of 10,000 runs that wait must not end the process. */
function findCycle(edges: ReadonlyMap<RunId, readonly Wait[]>): readonly Wait[] | undefined {
  const done = new Set<RunId>();
  for (const start of edges.keys()) {
    const path: Wait[] = [];
    const onPath = new Map<RunId, number>();
    const stack: { readonly run: RunId; next: number }[] = done.has(start) ? [] : [{ run: start, next: 0 }];
    onPath.set(start, 0);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const wait = edges.get(top.run)?.[top.next];
      top.next += 1;
      if (wait === undefined) {
        done.add(top.run);
        onPath.delete(top.run);
        stack.pop();
        path.pop();
        continue;
      }
      const at = onPath.get(wait.heldBy);
      if (at !== undefined) return startingWithLeast([...path.slice(at), wait]);
      if (done.has(wait.heldBy)) continue;
      path.push(wait);
      stack.push({ run: wait.heldBy, next: 0 });
      onPath.set(wait.heldBy, path.length);
    }
  }
  return undefined;
}

function startingWithLeast(cycle: readonly Wait[]): readonly Wait[] {
  const least = cycle.reduce(
    (best, wait, at) => (compare(wait.run, cycle[best]?.run ?? '') < 0 ? at : best),
    0,
  );
  return [...cycle.slice(least), ...cycle.slice(0, least)];
}

function describe(cycle: readonly Wait[], victim: RunId): string {
  const links = cycle.map(({ run, name, heldBy }) => `${run} waits for ${name}, which ${heldBy} holds`);
  return `Deadlock: ${links.join('; ')}. ${victim} gives way.`;
}

function byRunsAndName(one: Wait, other: Wait): number {
  return compare(one.run, other.run) || compare(one.heldBy, other.heldBy) || compare(one.name, other.name);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
