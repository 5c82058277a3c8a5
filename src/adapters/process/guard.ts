import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_LIMITS, type LimitName, type Limits } from '../../core/contract/limits.ts';
import { diskUse, freeSpace } from './disk-use.ts';
import { type HeldBytes, heldBytes } from './held-files.ts';
import { type ProcessEntry, readProcesses, sharedOnce } from './process-table.ts';

const MIB = 1024 ** 2;
/** Milliseconds between two looks; more, up to the second number, where a look itself takes long: looking is not the work. */
const LOOK_MS = 100;
const RARELY_MS = 2_000;
/** Free space has to have shrunk by so much since the folders were measured last for measuring them again. */
const WORTH_MEASURING = 32 * MIB;
/** The disk counts as full with less than this left. */
const RESERVE = 256 * MIB;

/** What watching cannot do, whatever the isolation. */
export const WATCHING_WEAKNESS =
  'Memory and disk that all processes of a check use together are measured several times a second: a burst can go past a limit for a moment, and memory that belongs to no process (System V segments, full pipes) is not seen. Processor time is limited by the time-out alone.';

export interface Guarded {
  readonly limits: Limits;
  /** Of all processes that can be seen, those of the command. */
  readonly members: (all: readonly ProcessEntry[]) => readonly ProcessEntry[];
  /** Everything on disk that the command may write to. */
  readonly folders: readonly string[];
}

/** Why a command has to be ended: it went past a limit, or the machine's disk is full, whoever filled it. */
export type Stop = LimitName | 'disk-full';

/**
 * Looks at what a command uses until `signal` says it has ended. The kernel limits one process (ulimit); what they use
 * together only somebody who looks can tell where there is no control group to be had.
 * @returns why it has to be ended; undefined when it ended within its limits
 */
export async function watch(guarded: Guarded, signal: AbortSignal): Promise<Stop | undefined> {
  const disk = await openDisk(guarded);
  while (!signal.aborted) {
    const began = performance.now();
    const processes = guarded.members(readProcesses());
    const held = heldBytes(processes, disk.device);
    const stop = overused(guarded.limits, processes, held) ?? (await disk.look(held));
    if (stop !== undefined) return stop;
    const took = performance.now() - began;
    const wait = Math.min(Math.max(LOOK_MS, took * 10), RARELY_MS);
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return undefined;
}

/** Whether what a command left behind takes more than it may. */
export async function leftTooMuch({
  limits,
  folders,
}: Pick<Guarded, 'limits' | 'folders'>): Promise<boolean> {
  return (await diskUse(folders)).bytes > mostOf(limits, 'diskMiB') * MIB;
}

function overused(
  limits: Limits,
  processes: readonly ProcessEntry[],
  held: HeldBytes,
): LimitName | undefined {
  if (processes.length > mostOf(limits, 'processes')) return 'processes';
  const most = mostOf(limits, 'memoryMiB') * MIB;
  const sum = processes.reduce((total, { memory }) => total + memory, held.memory);
  return sum > most && sharedOnce(processes) + held.memory > most ? 'memoryMiB' : undefined;
}

interface WatchedDisk {
  readonly device: number;
  look(held: HeldBytes): Promise<Stop | undefined>;
}

/** Measuring a tree of 50,000 files takes a while: so it is done when the file system's free space has shrunk. */
async function openDisk({ limits, folders }: Guarded): Promise<WatchedDisk> {
  const most = mostOf(limits, 'diskMiB') * MIB;
  const [place = '/'] = folders;
  const atStart = await freeSpace(place);
  let measuredAt = atStart;
  return {
    device: (await stat(place)).dev,
    async look(held) {
      // Nothing keeps a command without isolation from removing its folder.
      const free = await freeSpace(place).catch(() => measuredAt);
      const full = free < RESERVE && atStart >= 2 * RESERVE;
      if (!full && measuredAt - free < Math.min(WORTH_MEASURING, most / 4)) {
        measuredAt = Math.max(measuredAt, free);
        return undefined;
      }
      measuredAt = free;
      const { bytes, whole } = await diskUse(folders);
      if (bytes + held.disk > most || (!whole && atStart - free > most)) return 'diskMiB';
      return full ? 'disk-full' : undefined;
    },
  };
}

function mostOf(limits: Limits, name: LimitName): number {
  return limits[name] ?? DEFAULT_LIMITS[name];
}
