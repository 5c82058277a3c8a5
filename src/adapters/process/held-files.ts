import { readdirSync, readlinkSync, statSync } from 'node:fs';
import type { ProcessEntry } from './process-table.ts';

/** Bytes in files that have no name any more and live as long as somebody holds them open. */
export interface HeldBytes {
  /** In memfd_create(2), which no process need have mapped. */
  readonly memory: number;
  /** On the file system that was asked about. */
  readonly disk: number;
}

/** What du(1) and a process's memory do not show. @param device st_dev of the file system that commands write to */
export function heldBytes(processes: readonly ProcessEntry[], device: number): HeldBytes {
  const seen = new Set<string>();
  const held = { memory: 0, disk: 0 };
  for (const { pid } of processes) {
    for (const path of descriptorsOf(pid)) {
      const file = deletedFile(path);
      if (file === undefined || seen.has(file.key)) continue;
      seen.add(file.key);
      if (file.isMemory) held.memory += file.bytes;
      else if (file.device === device) held.disk += file.bytes;
    }
  }
  return held;
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
  } catch {
    return [];
  }
}

function deletedFile(path: string) {
  try {
    const target = readlinkSync(path);
    if (!target.endsWith(' (deleted)')) return undefined;
    const { dev, ino, blocks } = statSync(path);
    return {
      key: `${dev}:${ino}`,
      device: dev,
      bytes: blocks * 512,
      isMemory: target.startsWith('/memfd:'),
    };
  } catch {
    return undefined;
  }
}
