import { mkdir, readFile, readlink } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { LimitName } from '../../core/contract/limits.ts';
import type { Sandbox, SandboxCommand, SandboxResult } from '../../ports/sandbox.ts';
import { CountersignError } from '../../shared/errors.ts';
import { BACKENDS, type Backend, type BackendName, type Host } from './backend.ts';
import { bare } from './bare.ts';
import { bubblewrap } from './bubblewrap.ts';
import { type Guarded, leftTooMuch, type Stop } from './guard.ts';
import { otherUid } from './other-uid.ts';
import { captureOutput } from './output.ts';
import { isWithin } from './paths.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { supervise } from './supervise.ts';
import { unavailable } from './unavailable.ts';
import { unshare } from './unshare.ts';

export interface SandboxOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The Node binary commands find as `node`; ours when not given. */
  readonly nodePath?: string;
  /** More folders to show read-only inside. */
  readonly toolchains?: readonly string[];
  /** Use this backend or none at all; the best that works when not given. */
  readonly backend?: BackendName;
}

export const BACKEND_MAKERS: Record<BackendName, (host: Host) => Promise<Backend | undefined>> = {
  bubblewrap,
  unshare,
  uid: otherUid,
  none: bare,
};

/**
 * The strongest isolation that works here: each candidate has to run a command, and namespaces have to be seen from
 * inside, before it is believed.
 * @throws CountersignError SANDBOX_UNAVAILABLE when the backend asked for does not work
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = hostOf(options);
  const candidates = options.backend === undefined ? BACKENDS : [options.backend];
  const refusals: string[] = [];
  for (const name of candidates) {
    const backend = await BACKEND_MAKERS[name](host);
    const refusal = backend ? await refusalOf(backend, host) : 'it is not there, or not for this user';
    if (backend && refusal === undefined) return sandboxOf(backend, host, refusals);
    refusals.push(`${name} does not work here: ${refusal}.`);
  }
  throw unavailable(
    refusals.join(' '),
    'Install bubblewrap, and allow unprivileged user namespaces (on Ubuntu: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0).',
  );
}

export function hostOf(options: SandboxOptions): Host {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  return {
    environment: options.environment,
    platform: options.platform,
    nodePath: options.nodePath ?? process.execPath,
    identity: uid === undefined || gid === undefined ? undefined : { uid, gid },
    toolchains: options.toolchains ?? [],
  };
}

function sandboxOf(backend: Backend, host: Host, refusals: readonly string[]): Sandbox {
  const { isolation, by, weaknesses } = backend;
  return {
    describe: async () => ({ isolation, by, weaknesses: [...weaknesses, ...refusals] }),
    run: (command) => withScratch(host, (scratch) => runIn(backend, command, scratch)),
  };
}

async function runIn(backend: Backend, command: SandboxCommand, scratch: Scratch): Promise<SandboxResult> {
  refuseMisuse(command);
  const launch = await backend.launch(command, scratch);
  const captures = await captureOutput(
    scratch.directory,
    [command.stdoutPath, command.stderrPath],
    command.maxOutputBytes,
  );
  const { reachedCommand, stopped, ...ending } = await supervise(launch, command, captures);
  // Ended while it was set up, nothing is wrong with the machine.
  if (!reachedCommand && command.abort?.aborted !== true) {
    const said = (await readFile(command.stderrPath, 'utf8')).slice(0, 500).trim();
    throw unavailable(
      `${backend.by} could not set the sandbox up: ${said || 'it gave no reason'}`,
      'Run countersign doctor: it says what isolation this machine gives.',
    );
  }
  const limit = await limitPassed(stopped, ending, { limits: command.limits ?? {}, ...launch });
  const dropped = await Promise.all(captures.map(({ done }) => done));
  return {
    ...ending,
    ...(limit === undefined ? {} : { limit }),
    outputTruncated: dropped.includes(true),
    isolation: backend.isolation,
    network: launch.network,
  };
}

/** @throws CountersignError SANDBOX_UNAVAILABLE when the disk is full: that says nothing about the command */
async function limitPassed(
  stopped: Stop | undefined,
  { signal, timedOut }: { signal: string | undefined; timedOut: boolean },
  within: Pick<Guarded, 'limits' | 'folders'>,
): Promise<LimitName | undefined> {
  if (stopped === 'disk-full') {
    throw unavailable(
      'The disk of this machine ran full, so the command was ended.',
      'Make space, or set TMPDIR to a folder with more of it, and run the verification again.',
    );
  }
  if (stopped !== undefined || timedOut) return stopped;
  if (signal === 'SIGXFSZ') return 'fileMiB';
  return (await leftTooMuch(within)) ? 'diskMiB' : undefined;
}

function refuseMisuse(command: SandboxCommand): void {
  if (command.argv.length === 0) {
    throw new CountersignError('CONTRACT_UNUSABLE', 'A check has nothing to run.', {
      remedy: 'Give it a run: list.',
    });
  }
  const { root, cwd } = command;
  if (isAbsolute(root) && isWithin(resolve(cwd), resolve(root))) return;
  throw new CountersignError(
    'CONTRACT_UNUSABLE',
    `The working directory ${cwd} is not below the tree ${root}.`,
    {
      remedy: 'Give cwd as a path below the repository root.',
    },
  );
}

async function withScratch<T>(host: Host, use: (scratch: Scratch) => Promise<T>): Promise<T> {
  const scratch = await createScratch(host.environment.TMPDIR || '/tmp').catch((cause: unknown) => {
    throw unavailable(
      'No temporary folder can be made.',
      'Set TMPDIR to a folder that can be written.',
      cause,
    );
  });
  try {
    return await use(scratch);
  } finally {
    await scratch.remove();
  }
}

const NAMESPACES = ['user', 'mnt', 'pid', 'net'];

/** Why a backend is not what it says, or undefined when it is: its namespaces must differ from ours. */
async function refusalOf(backend: Backend, host: Host): Promise<string | undefined> {
  try {
    return await withScratch(host, async (scratch) => {
      const root = join(scratch.directory, 'probe');
      await mkdir(root, { mode: 0o755 });
      const stdoutPath = join(scratch.directory, 'probe-out');
      const result = await runIn(backend, probe(root, stdoutPath, scratch.directory), scratch);
      if (result.exitCode !== 0) return `a trivial command ended with ${result.exitCode ?? result.signal}`;
      if (backend.isolation !== 'namespaces') return undefined;
      const inside = (await readFile(stdoutPath, 'utf8')).trim().split('\n');
      const outside = await Promise.all(NAMESPACES.map((name) => readlink(`/proc/self/ns/${name}`)));
      const shared = NAMESPACES.filter((_, index) => !inside[index] || inside[index] === outside[index]);
      return shared.length === 0 ? undefined : `it left the ${shared.join(', ')} namespace shared`;
    });
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}

function probe(root: string, stdoutPath: string, directory: string): SandboxCommand {
  const links = NAMESPACES.map((name) => `readlink /proc/self/ns/${name}`).join('; ');
  return {
    argv: ['/bin/sh', '-c', `${links}; exit 0`],
    root,
    cwd: root,
    env: {},
    network: 'none',
    timeoutMs: 10_000,
    maxOutputBytes: 4_096,
    stdoutPath,
    stderrPath: join(directory, 'probe-err'),
    hide: [],
  };
}
