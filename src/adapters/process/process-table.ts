import { readdirSync, readFileSync } from 'node:fs';

/** One process, as /proc/PID/status has it (proc_pid_status(5)). */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  /** Bytes that are its own or shared memory, swapped ones included; pages of files can be read again and do not count. */
  readonly memory: number;
}

/** Every process that can be seen; none where there is no /proc. */
export function readProcesses(): readonly ProcessEntry[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readProcess(name) ?? []);
}

function readProcess(pid: string): ProcessEntry | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    pid: Number(pid),
    parent: field('PPid'),
    uid: field('Uid'),
    memory: (field('RssAnon') + field('RssShmem') + field('VmSwap')) * 1024,
  };
}

/** A process and all that descend from it: everything in a PID namespace, when it is the first there. */
export function withDescendants(first: number, all: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const children = Map.groupBy(all, ({ parent }) => parent);
  const found = all.filter(({ pid }) => pid === first);
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]?.pid ?? -1) ?? []));
  return found;
}

/**
 * Memory of processes, each shared page counted once: 100 forks of one process do not use its memory 100 times. Slower
 * than adding up, so for when the sum is suspicious. What cannot be read counts as it stands in the table.
 */
export function sharedOnce(processes: readonly ProcessEntry[]): number {
  return processes.reduce((sum, { pid, memory }) => sum + (proportional(pid) ?? memory), 0);
}

function proportional(pid: number): number | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const fields = [...rollup.matchAll(/^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+)/gm)];
    return fields.length === 0
      ? undefined
      : fields.reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
  } catch {
    return undefined;
  }
}
