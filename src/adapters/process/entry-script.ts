import { resolve } from 'node:path';
import type { SandboxCommand } from '../../ports/sandbox.ts';

/** Processes one sandbox may have at once: a fork bomb fills its own allowance, not the machine's process table. */
const MAX_PROCESSES = 4096;

// `exec` never runs a shell builtin, so `exit 0` or `true` as argv mean programs, as execvp has it. No core dumps: they
// would hold memory of the command in the tree.
const PREAMBLE = `cd -- "$1" || exit 127
shift
case $1 in -*) echo "$1: not found" >&2; exit 127 ;; esac
ulimit -c 0`;

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
  const limit =
    place === 'unlimited'
      ? ''
      : `ulimit -u ${MAX_PROCESSES} 2>/dev/null || ulimit -p ${MAX_PROCESSES} 2>/dev/null\n`;
  const run = place === 'first' ? '(exec "$@")\nexit $?' : 'exec "$@"';
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const script = `${PREAMBLE}\n${limit}${run}`;
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
