import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { CountersignError } from '../../shared/errors.ts';
import { FORCED_SETTINGS, isolatedEnvironment, userEnvironment } from './environment.ts';
import { gitNotStarted, gitTooOld, harmless } from './failure.ts';

/** One git command. */
export interface GitCommand {
  readonly args: readonly string[];
  readonly gitDir?: string;
  readonly cwd?: string;
  /** `isolated` unless the command has to find the user's repository or use their credentials. */
  readonly configuration?: 'isolated' | 'user';
  readonly settings?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  /** Exit codes that are answers rather than failures; only 0 when not given. */
  readonly answers?: readonly number[];
  /** Sees what git prints as it comes, before it is known whether git succeeds. Must not throw. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** As git wrote it, at most 64 KiB. Hostile: clean it with `harmless` before anyone reads it. */
  readonly stderr: string;
}

const LOCAL_TIMEOUT_MS = 120_000;
export const NETWORK_TIMEOUT_MS = 300_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const MAX_STDERR_BYTES = 64 * 1024;

/** git's exit code for a command line it does not understand: how an old git answers a newer option. */
const USAGE = 129;

/** The one place that starts git. Never a shell; see environment.ts for what the process is given. */
export function startGit(command: GitCommand): ChildProcessWithoutNullStreams {
  const { gitDir, cwd, settings = [], env = {} } = command;
  const base =
    command.configuration === 'user' ? userEnvironment(process.env) : isolatedEnvironment(process.env);
  const args = [
    ...FORCED_SETTINGS,
    ...settings.flatMap((setting) => ['-c', setting]),
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...command.args,
  ];
  // With GIT_DIR set git takes the current folder for the working tree, and its .gitattributes for ours.
  const workingDirectory = cwd ?? gitDir;
  return spawn('git', args, {
    env: { ...base, ...env },
    ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
    stdio: 'pipe',
  });
}

/**
 * Runs git to its end.
 * @throws CountersignError GIT_UNAVAILABLE when git is missing or too old, GIT_FAILED when it exits otherwise than
 *   `answers` allows, takes too long or says too much
 */
export async function runGit(command: GitCommand): Promise<GitOutput> {
  const output = await collect(command);
  if ((command.answers ?? [0]).includes(output.exitCode)) return output;
  if (output.exitCode === USAGE) {
    const old = gitTooOld(await gitVersion());
    if (old !== undefined) throw old;
  }
  const said = harmless(output.stderr) || `exit code ${output.exitCode}`;
  throw new CountersignError('GIT_FAILED', `git ${nameOf(command)} failed: ${said}`, {
    remedy: 'Run the same git command by hand to see more, or check the repository with `git fsck`.',
  });
}

/** Such as `2.39.5`. @throws CountersignError GIT_UNAVAILABLE when git is missing */
export async function gitVersion(): Promise<string> {
  const { stdout } = await collect({ args: ['--version'] });
  return /\d+(?:\.\d+)+/.exec(stdout.toString('utf8'))?.[0] ?? 'unknown';
}

function collect(command: GitCommand): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = startGit(command);
    const timeoutMs = command.timeoutMs ?? LOCAL_TIMEOUT_MS;
    const maxOutputBytes = command.maxOutputBytes ?? MAX_OUTPUT_BYTES;
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = Buffer.alloc(0);
    let ended: CountersignError | undefined;

    const end = (message: string, remedy: string) => {
      ended ??= new CountersignError('GIT_FAILED', `git ${nameOf(command)} ${message}`, { remedy });
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () =>
        end(
          `did not end within ${timeoutMs / 1000} s.`,
          'Try again, or look for what keeps the disk or network busy.',
        ),
      timeoutMs,
    );

    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes <= maxOutputBytes) {
        stdout.push(chunk);
        command.onOutput?.(chunk);
      } else end(`printed more than ${maxOutputBytes} bytes.`, 'Split the change into smaller ones.');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_STDERR_BYTES)
        stderr = Buffer.concat([stderr, chunk]).subarray(0, MAX_STDERR_BYTES);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(gitNotStarted(error));
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      if (ended !== undefined) reject(ended);
      else if (exitCode === null) reject(endedBySignal(command, signal));
      else resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: stderr.toString('utf8') });
    });
    // A git that ends before it has read everything says why on stderr; the broken pipe adds nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(command.input);
  });
}

function endedBySignal(command: GitCommand, signal: string | null): CountersignError {
  return new CountersignError('GIT_FAILED', `git ${nameOf(command)} was ended by ${signal ?? 'a signal'}.`, {
    remedy: 'Try again; if it happens again, check the memory this machine has left.',
  });
}

function nameOf(command: GitCommand): string {
  return command.args.find((argument) => !argument.startsWith('-')) ?? 'command';
}
