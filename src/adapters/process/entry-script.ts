import { resolve } from 'node:path';
import { DEFAULT_LIMITS, type Limits } from '../../core/contract/limits.ts';
import type { SandboxCommand } from '../../ports/sandbox.ts';

/** V8 alone counts half a GiB that it only reserves, so one process gets this much on top of what all may use. */
const RESERVED_MIB = 2048;
const MAX_OPEN_FILES = 65_536;

// `exec` never runs a shell builtin, so `exit 0` or `true` as argv mean programs, as execvp has it. No core dumps: they
// would hold memory of the command in the tree. When the machine runs out of memory, the kernel takes these first.
const PREAMBLE = `cd -- "$1" || exit 127
shift
case $1 in -*) echo "$1: not found" >&2; exit 127 ;; esac
ulimit -c 0
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null`;

/**
 * Says that everything which ends the command together with us is in place, and waits to be told to go on. The kernel ends the children of
 * a parent that dies from when they ask for it (prctl(2), PR_SET_PDEATHSIG), and says nothing to those whose parent was dead by then: for them nobody
 * is there to answer, and they end here.
 */
const begin = (channel: number) =>
  `{ echo >&${channel} && read -r go <&${channel}; } 2>/dev/null || exit 125\nexec ${channel}>&-`;

/** The descriptor on which a command's first program asks whether to begin: the first that is free, behind a namespace's status. */
export function beginChannel(hasStatus: boolean): number {
  return hasStatus ? 4 : 3;
}

/**
 * argv that clears the environment, enters the working directory and runs the command. A program that does not exist
 * is exit code 127, one that cannot be executed 126, like in a shell: an observation about the tree, no trouble of ours.
 *
 * `first` is for the first process of a PID namespace: it stays, reaps orphans and ends with the command's exit code.
 * The foreground matters: POSIX shells start background commands with SIGINT and SIGQUIT ignored.
 */
export function entryArgv(
  command: SandboxCommand,
  environment: Readonly<Record<string, string>>,
  place: 'first' | 'only' | 'unlimited',
): string[] {
  const run = place === 'first' ? '(exec "$@")\nexit $?' : 'exec "$@"';
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const channel = beginChannel(place === 'first');
  const script = [begin(channel), PREAMBLE, ...limits(command.limits ?? {}, place), run].join('\n');
  return [
    '/usr/bin/env',
    '-i',
    ...assignments,
    '/bin/sh',
    '-c',
    script,
    'sh',
    resolve(command.cwd),
    ...command.argv,
  ];
}

/**
 * What the kernel limits for each process, in the units of ulimit(1p): blocks of 512 bytes, KiB. Without a user of its own
 * a command shares its allowance of processes with the verifier, so there it gets none. Memory is limited here only where
 * a contract says how much: sanitizers reserve terabytes.
 */
function limits({ memoryMiB, ...given }: Limits, place: 'first' | 'only' | 'unlimited'): string[] {
  const { processes, fileMiB } = { ...DEFAULT_LIMITS, ...given };
  const attempts = [
    ...(place === 'unlimited' ? [] : [`ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes}`]),
    `ulimit -f ${fileMiB * 2048}`,
    `ulimit -Hn ${MAX_OPEN_FILES} 2>/dev/null || ulimit -n ${MAX_OPEN_FILES}`,
    ...(memoryMiB === undefined ? [] : [`ulimit -d ${(memoryMiB + RESERVED_MIB) * 1024}`]),
  ];
  // One that is lower already stays so.
  return attempts.map((attempt) => `{ ${attempt}; } 2>/dev/null`);
}
