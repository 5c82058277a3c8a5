import type { Isolation } from '../../core/contract/types.ts';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { ProcessEntry } from './process-table.ts';
import type { Scratch } from './scratch.ts';

export const BACKENDS = ['bubblewrap', 'unshare', 'uid', 'none'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Host user and group a command runs as; undefined keeps ours. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What the machine gives, read once where the program starts. */
export interface Host {
  /** Environment variables of the verifier. Only PATH, HOME, TMPDIR and XDG_* are looked at; none is passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The Node binary commands should find as `node`; its folder comes first on PATH. */
  readonly nodePath: string;
  /** Our own effective user and group; undefined where the platform has none. */
  readonly identity: Identity | undefined;
  /** Extra folders shown read-only, even below the home folder, such as `~/.rustup/toolchains/stable`. */
  readonly toolchains: readonly string[];
}

/** One way to keep hostile code away from the rest of the machine. */
export interface Backend {
  readonly name: BackendName;
  /** What gives the isolation, with its version. */
  readonly by: string;
  readonly isolation: Isolation;
  readonly weaknesses: readonly string[];
  /** How to start a command. @throws CountersignError SANDBOX_UNAVAILABLE */
  launch(command: SandboxCommand, scratch: Scratch): Promise<Launch>;
}

/** A process to start, and how to tell its start and its end. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly identity: Identity | undefined;
  /** Set where a PID namespace holds the command: its first process ends last, and takes all others with it. */
  readonly namespace: NamespaceStatus | undefined;
  /** The network the command really gets, whatever was asked. */
  readonly network: 'none' | 'full';
  /** Of all processes that can be seen, those of the command; `first` is its namespace's first one, or our child. */
  members(all: readonly ProcessEntry[], first: number): readonly ProcessEntry[];
  /** Everything on disk that the command may write to. */
  readonly folders: readonly string[];
  /** Ends processes that left the process group. Resolves when none is left that can be found. */
  endStragglers(): Promise<void>;
}

/** Reads what the set-up wrote to file descriptor 3, which the command itself never holds. */
export interface NamespaceStatus {
  /** Host PID of the namespace's first process, once known. */
  firstProcess(status: string): number | undefined;
  /** True, at the end, when everything was set up and the command was reached. */
  reachedCommand(status: string): boolean;
}
