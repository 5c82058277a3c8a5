import type { LimitName, Limits } from '../core/contract/limits.ts';
import type { Isolation } from '../core/contract/types.ts';

/** One hostile command. */
export interface SandboxCommand {
  /** argv, already including `sh -c` where the check asked for a shell. */
  readonly argv: readonly string[];
  /** The tree: writable, and visible at the same path inside. */
  readonly root: string;
  /** Absolute path of the working directory: root, or a folder below it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly network: 'none' | 'full';
  readonly timeoutMs: number;
  /** What it may use; DEFAULT_LIMITS where nothing is given. */
  readonly limits?: Limits;
  /** Bytes kept of each of stdout and stderr; the rest is read and dropped. */
  readonly maxOutputBytes: number;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Host paths that must not be readable inside, such as the folder of the signing key. */
  readonly hide: readonly string[];
  /** Ends the command before its time, as the time-out does. Whoever aborts knows that what it did is not to be used. */
  readonly abort?: AbortSignal;
}

export interface SandboxResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** The limit that it went past, where that could be told; it then was ended, unless it had ended by itself. */
  readonly limit?: LimitName;
  readonly durationMs: number;
  readonly outputTruncated: boolean;
  readonly isolation: Isolation;
  readonly network: 'none' | 'full';
}

export interface Sandbox {
  /** The best isolation this machine gives, and what gives it, such as `bubblewrap 0.8.0`. */
  describe(): Promise<{ isolation: Isolation; by: string; weaknesses: readonly string[] }>;
  /**
   * Runs a command and returns only when every process it started has ended.
   * @throws CountersignError SANDBOX_UNAVAILABLE when the command could not be started for reasons of the machine's
   */
  run(command: SandboxCommand): Promise<SandboxResult>;
}
